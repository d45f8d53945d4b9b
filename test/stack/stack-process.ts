import { startStack } from "@/dev/stack";

/** A whole stack in a process of its own, for tests that kill it: prints its addresses when it is ready. */
const [dir = ""] = process.argv.slice(2);
const { close, ...stack } = await startStack({ dir, mode: "start" });
console.log(`READY ${JSON.stringify(stack)}`);
process.on("SIGTERM", () => void close().then(() => process.exit(0)));
