// Runs a program for the stack, and ends it when the stack is gone, however it went: `kill -9` closes the channel too.
import { spawn } from "node:child_process";

const [program, ...args] = process.argv.slice(2);
const child = spawn(program, args, { stdio: "inherit" });
let ending = false;

function end(signal = "SIGTERM") {
  if (ending) return;
  ending = true;
  child.kill(signal);
  setTimeout(() => child.kill("SIGKILL"), 10_000).unref();
}

process.on("disconnect", () => end());
process.on("SIGTERM", () => end());
process.on("SIGINT", () => end()); // the terminal has told the child as well; what counts is that we wait for it
process.on("message", () => child.kill("SIGKILL")); // a crash, on request
child.on("exit", (code) => process.exit(code ?? 1));
