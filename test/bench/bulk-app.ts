import { serveRoutes } from "@/dev/app-server";
import { realClock } from "@/dev/engine/clock";

/**
 * The app in a process of its own, so that its memory is not mixed with that of the engine and the stand-ins. Says ten times a
 * second how much is resident, and once a second what it holds after a collection (needs `--expose-gc`).
 */
const { PORT } = process.env;
await serveRoutes(realClock(), Number(PORT));
setInterval(() => process.send?.({ rss: process.memoryUsage.rss() }), 100);
setInterval(() => {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  process.send?.({ held: heapUsed + external });
}, 1_000);
process.send?.("ready");
