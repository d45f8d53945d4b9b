// Runs a program for the stack, and ends it when the stack has ended. `kill -9` of the stack closes the IPC channel too.
import { spawn } from "node:child_process";

// The user to run as, the signal that stops it, and the ms that it has to stop.
const { uid, gid, stop = "SIGTERM", grace = 10_000 } = JSON.parse(process.env.STEADFAST_GUARD ?? "{}");
delete process.env.STEADFAST_GUARD;

const [program, ...args] = process.argv.slice(2);
const child = spawn(program, args, { stdio: "inherit", uid, gid });
let ending = false;

function end() {
  if (ending) return;
  ending = true;
  child.kill(stop);
  setTimeout(() => child.kill("SIGKILL"), grace).unref();
}

process.on("disconnect", () => end());
process.on("SIGTERM", () => end());
process.on("SIGINT", () => end()); // the terminal sends it to the child as well; this process waits for the child
process.on("message", () => child.kill("SIGKILL")); // a simulated crash
child.on("error", (error) => {
  console.error(`${program} could not be started: ${error.message}`);
  process.exit(1);
});
child.on("exit", (code) => process.exit(code ?? 1));
