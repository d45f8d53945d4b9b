import { afterEach, expect, test } from "vitest";
import { audit, HOUR, openShop, SECOND } from "./shop";

/** Without the reconciler: the engine was down, and its runs continue after Resend has deleted the idempotency key. */
const shop = openShop({ only: ["process-order", "deliver-queued-email"] });
afterEach(audit);

const emit = (name: string, data: Record<string, unknown>) =>
  fetch(`${shop.inngest}/e/test`, { method: "POST", body: JSON.stringify({ name, data }) });

test.each([
  ["a day later it is not sent a second time", 25 * HOUR, 1],
  ["an hour later it is sent under the same key, and arrives once", HOUR, 1],
])("an email went out, and its answer and run were lost: %s", async (_what, pause, times) => {
  await shop.fault("mailbox", { kind: "answer_lost", times: 1 });
  const placed = await shop.checkout(await shop.product(1));
  await shop.clock.advance(12 * SECOND);
  expect(await shop.loseRuns()).toBeGreaterThanOrEqual(1);
  await shop.clock.advance(pause);
  const [email] = await shop.sql<{ id: string }>("SELECT id FROM emails WHERE entity_id = $1 AND status = 'queued'", [
    placed.id,
  ]);
  await emit("email/queued", { emailId: email?.id });
  await shop.settle();
  expect(await shop.notifications(placed)).toEqual(Array(times).fill("confirmed"));
});
