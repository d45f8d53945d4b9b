import { createServer } from "node:net";
import { expect, test } from "vitest";
import { freePort } from "@/dev/ports";

test("a drawn port is free, new at each call, and not one that the system gives to others", async () => {
  const ports = await Promise.all(Array.from({ length: 50 }, () => freePort()));
  expect(new Set(ports).size).toBe(50);
  // Linux's net.ipv4.ip_local_port_range begins here.
  for (const port of ports) expect(port).toBeLessThan(32_768);
});

test("a wanted port is given if it is free, and another one if it is taken", async () => {
  const port = await freePort();
  expect(await freePort(port)).toBe(port);
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  expect(await freePort(port)).not.toBe(port);
  server.close();
});
