import { serveRoutes } from "@/dev/route-server";
import { realClock } from "@/dev/shared/clock";

/**
 * The app in a process of its own, so that its memory is not mixed with that of the engine and the stand-ins. Says ten times a
 * second how much is resident, and every five seconds, and when it is asked, what it holds after a collection (needs `--expose-gc`),
 * which takes a tenth of a second.
 */
const { PORT } = process.env;
const server = await serveRoutes(realClock(), Number(PORT));
await server.load();
setInterval(() => process.send?.({ rss: process.memoryUsage.rss() }), 100);
setInterval(() => process.send?.(collected()), 5_000);
process.on("message", () => process.send?.({ ...collected(), asked: true }));
process.send?.("ready");

function collected(): { held: number; rss: number } {
  globalThis.gc?.();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { held: heapUsed + external, rss };
}
