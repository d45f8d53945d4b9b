import { createServer } from "node:net";

/** `wanted` if nothing listens there, else a free port that the system picks. */
export async function freePort(wanted = 0): Promise<number> {
  return (await take(wanted)) ?? (await take(0)) ?? Promise.reject(new Error("There is no free port."));
}

function take(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(undefined));
    // All addresses: a port that something holds on 0.0.0.0 or [::] is not free for 127.0.0.1 either.
    server.listen(port, () => {
      const address = server.address();
      const taken = typeof address === "object" && address ? address.port : undefined;
      server.close(() => resolve(taken));
    });
  });
}
