import { rmSync } from "node:fs";
import { expect, test } from "vitest";
import { DemoCustomer } from "@/dev/demo-customer";
import { scratchDir, startStack } from "@/dev/stack";
import { allIsWell, carts, opened, own, TIMEOUT_MS } from "./crash";

test.runIf(own)(
  "kill -9 of the app amid fifty checkouts: every order that was taken is confirmed and paid once",
  async () => {
    const dir = scratchDir("crash");
    opened.push(async () => rmSync(dir, { recursive: true, force: true }));
    const stack = await startStack({ dir, mode: "start" });
    opened.push(stack.close);
    const customer = new DemoCustomer(stack.app, stack.mailbox);
    let answered = 0;
    let crash = Promise.resolve();
    const outcomes = await Promise.all(
      carts(50).map(async (cart) => {
        const outcome = await customer.checkout(cart).catch(() => undefined);
        if (outcome?.order && ++answered === 3) crash = stack.restartApp();
        return outcome;
      }),
    );
    await crash;
    const lost = outcomes.filter((outcome) => outcome === undefined).length;
    expect(lost).toBeGreaterThan(0);
    const confirmed = await allIsWell(stack);
    expect(confirmed).toBeGreaterThanOrEqual(50 - lost);
    for (const { order } of outcomes.flatMap((outcome) => outcome ?? []))
      if (order) expect(await customer.order(order)).toMatchObject({ status: "confirmed" });
  },
  TIMEOUT_MS,
);
