import { afterEach, describe, expect, test } from "vitest";
import type { ProxiedCall as WireCall } from "@/dev/fault-proxy";
import { breakAt, countCalls, dieAt } from "./fault-injection";
import { play, playEach, SCENARIOS } from "./scenarios";
import { audit, openShop } from "./shop";

/**
 * P4: the process dies, or loses whom it talks to, at any point where it leaves its own memory by HTTP: a call that it makes
 * (Stripe, email, events, checkpoints) or gets from the engine. Each is cut before it arrives, and after it counted but
 * before that was known. Each fourth call is cut in one of both ways, as in crash-database.test.ts; `CRASH_EVERY=1` cuts each in both.
 */
const every = Number(process.env.CRASH_EVERY ?? 8);
const shop = openShop({ wires: true, env: { RECONCILE_EVERY_MINUTES: "5" } });
afterEach(async () => {
  if (shop.wires) shop.wires.watch = undefined;
  await audit();
});

const any = (_call: WireCall) => true;

describe.each(SCENARIOS)("P4, $name", (scenario) => {
  test.each(["before", "after"] as const)(
    "any one HTTP call is cut %s it counts",
    async (stage) => {
      const calls = await countCalls(shop, any, (cut) => play(shop, scenario, cut));
      expect(calls).toBeGreaterThan(5);
      await playEach(calls, (n) => play(shop, scenario, () => breakAt(shop, any, n, stage)), {
        ...{ every, first: stage === "before" || every === 1 ? 1 : 1 + every / 2 },
      });
    },
    300_000,
  );
});

/** Where a run calls Stripe, or reports several steps at once. */
const telling = ({ to, path }: WireCall) => to === "stripe" || path.includes("/checkpoint/");

// Where the run waits, it has reported what came before.
test.each(SCENARIOS.filter(({ next }) => !next))(
  "P4, $name: the process ends at a call of Stripe, or before it has reported its steps",
  async (scenario) => {
    const calls = await countCalls(shop, telling, (cut) => play(shop, scenario, cut));
    expect(calls).toBeGreaterThan(0);
    await playEach(calls, (n) => play(shop, scenario, () => dieAt(shop, telling, n)));
  },
  300_000,
);
