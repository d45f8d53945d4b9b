import { createServer } from "node:net";

/** `wanted` if it is free, otherwise a free port of the system's choice. */
export async function freePort(wanted = 0): Promise<number> {
  return (await tryPort(wanted)) ?? (await tryPort(0)) ?? Promise.reject(new Error("There is no free port."));
}

function tryPort(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(undefined));
    // On all addresses: a port that is used on 0.0.0.0 or [::] is not free on 127.0.0.1 either.
    server.listen(port, () => {
      const address = server.address();
      const taken = typeof address === "object" && address ? address.port : undefined;
      server.close(() => resolve(taken));
    });
  });
}
