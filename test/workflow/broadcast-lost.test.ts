import { afterEach, beforeAll, expect, test } from "vitest";
import { killAt } from "./fault-injection";
import { type Operator, signedIn } from "./operator";
import { audit, HOUR, openShop } from "./shop";

/** The process ends while it sends a part of a broadcast, and the engine loses the run. */
const shop = openShop({
  wires: true,
  env: { RECONCILE_EVERY_MINUTES: "10" },
  only: ["broadcast-notification", "send-individual-notification", "deliver-queued-email", "reconcile"],
});
let manager: Operator;
beforeAll(async () => {
  manager = await signedIn(shop);
});
afterEach(audit);

test("lost with the recipients that it had claimed: each gets the email once", async () => {
  const reader = await signedIn(shop, "admin");
  await shop.settle();
  const restart = killAt(shop, { call: ({ to, path }) => to === "mailbox" && path === "/emails/batch" });
  const body = { title: "News", message: "Hello.", segment: { type: "role", role: "admin" } };
  expect((await manager.post("/api/admin/broadcasts", body)).status).toBe(201);
  await shop.settle();
  expect(await shop.loseRuns("send-individual-notification")).toBe(1);
  restart();
  await shop.clock.advance(HOUR);
  expect((await shop.emails(reader.email)).filter(({ subject }) => subject === "News")).toHaveLength(1);
});
