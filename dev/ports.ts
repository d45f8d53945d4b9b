import { randomInt } from "node:crypto";
import { createServer } from "node:net";

/**
 * Below the ports that systems give to outgoing connections and to servers that listen on port 0 (Linux from 32768, others from 49152):
 * another program could get such a port before the server that it is for listens.
 */
const FIRST = 20_000;
const END = 32_000;
const MAX_DRAWS = 100;

/** The ports that this process has drawn. */
const drawn = new Set<number>();

/** `wanted` if it is free, otherwise another free port, a new one at each call. */
export async function freePort(wanted?: number): Promise<number> {
  if (wanted && (await isFree(wanted))) return wanted;
  for (let draws = 0; draws < MAX_DRAWS; draws++) {
    const port = randomInt(FIRST, END);
    if (drawn.has(port)) continue;
    drawn.add(port);
    if (await isFree(port)) return port;
  }
  throw new Error(`There is no free port from ${FIRST} to ${END - 1}.`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    // On all addresses: a port that is used on 0.0.0.0 or [::] is not free on 127.0.0.1 either.
    server.listen(port, () => server.close(() => resolve(true)));
  });
}
