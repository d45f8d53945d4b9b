// Runs a program for the stack, and ends it when the stack is gone, however it went: `kill -9` closes the channel too.
import { spawn } from "node:child_process";

// As whom it runs, which signal asks it to end, and how long it has for that, in ms.
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
process.on("SIGINT", () => end()); // the terminal has told the child as well; what counts is that we wait for it
process.on("message", () => child.kill("SIGKILL")); // a crash, on request
child.on("error", (error) => {
  console.error(`${program} could not be started: ${error.message}`);
  process.exit(1);
});
child.on("exit", (code) => process.exit(code ?? 1));
