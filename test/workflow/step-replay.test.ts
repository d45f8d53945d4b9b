import { afterEach, expect, test } from "vitest";
import type { ProxyWatcher as Watch } from "@/dev/fault-proxy";
import { oneStepOnly, watch } from "./fault-injection";
import { audit, openShop, type Placed } from "./shop";

/**
 * P5: every step is taken twice. The app is called without what lets it report steps by itself, so each call takes one
 * step; and each call arrives twice, as after an answer that was lost.
 */
const shop = openShop({ wires: true });
afterEach(async () => {
  if (shop.wires) shop.wires.watch = undefined;
  await audit();
});

const steps: string[] = [];
const twice: Watch = (call, stage) => {
  if (call.to !== "app" || call.method !== "POST" || stage !== "before") return undefined;
  oneStepOnly(call);
  steps.push(call.path);
  return "again";
};

const PAID = { collected: 2500, succeeded: 1, refunds: 0, open: 0 };

test.each<[string, string, (placed: Placed) => Promise<unknown>, object, object, string[]]>([
  ["paid", "pm_card_visa", async () => {}, { status: "confirmed" }, PAID, ["confirmed"]],
  [
    "3-D Secure",
    "pm_card_authenticationRequired",
    (placed) => shop.authenticate(placed),
    { status: "confirmed" },
    PAID,
    ["confirmed"],
  ],
  [
    "declined",
    "pm_card_visa_chargeDeclined",
    async () => {},
    { status: "failed", failureReason: "payment_declined" },
    { collected: 0, succeeded: 0, refunds: 0, open: 0 },
    ["failed"],
  ],
  [
    "cancelled after the charge",
    "pm_card_visa",
    (placed) => shop.cancel(placed),
    { status: "cancelled" },
    { collected: 0, succeeded: 1, refunds: 1, open: 0 },
    ["cancelled", "refunded"],
  ],
])(
  "P5: %s, every step runs twice: the same result, and each effect once",
  async (_name, paymentMethod, next, end, money, notifications) => {
    steps.length = 0;
    watch(shop, twice);
    const product = await shop.product(1);
    const placed = await shop.checkout(product, { paymentMethod });
    await shop.settle();
    await next(placed);
    expect(await shop.finish(placed)).toMatchObject(end);
    expect(steps.length).toBeGreaterThan(5);
    expect(new Set(steps.map((path) => new URL(path, shop.app).searchParams.get("stepId"))).size).toBeGreaterThan(0);
    expect(await shop.money(placed.id)).toEqual(money);
    expect((await shop.notifications(placed)).sort()).toEqual(notifications);
    expect((await shop.intents(placed.id)).length).toBe(1);
  },
);
