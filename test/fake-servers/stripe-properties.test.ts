import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { virtualClock } from "@/dev/shared/virtual-clock";
import { startStripe } from "@/dev/stripe";
import { sdkFor } from "./harness";

const AMOUNT = 1000;
const RETURN_URL = "http://shop.example";

const step = fc.oneof(
  fc.record({
    kind: fc.constant("confirm" as const),
    payment_method: fc.constantFrom(
      "pm_card_visa",
      "pm_card_visa_chargeDeclined",
      "pm_card_authenticationRequired",
      "pm_card_threeDSecureRequiredChargeDeclined",
    ),
  }),
  fc.record({ kind: fc.constant("authenticate" as const), outcome: fc.constantFrom("succeeded", "failed") }),
  fc.record({ kind: fc.constant("refund" as const), amount: fc.integer({ min: 1, max: AMOUNT + 1 }) }),
  fc.record({ kind: fc.constant("cancel" as const) }),
);

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

describe("whatever is done to a payment, in whatever order", () => {
  it("it is charged at most once, refunded at most what was charged, and never left once it has ended", async () => {
    const fakeStripe = await startStripe({ clock: virtualClock() });
    const stripe = sdkFor(fakeStripe);
    const run = async (id: string, one: Step): Promise<void> => {
      if (one.kind === "cancel") await stripe.paymentIntents.cancel(id);
      if (one.kind === "refund") await stripe.refunds.create({ payment_intent: id, amount: one.amount });
      if (one.kind === "confirm") {
        await stripe.paymentIntents.confirm(id, { payment_method: one.payment_method, return_url: RETURN_URL });
      }
      if (one.kind !== "authenticate") return;
      const url = (await stripe.paymentIntents.retrieve(id)).next_action?.redirect_to_url?.url;
      const body = new URLSearchParams({ outcome: one.outcome });
      if (url) await fetch(url, { method: "POST", body, redirect: "manual" });
    };
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async (steps) => {
        const { id } = await stripe.paymentIntents.create({ amount: AMOUNT, currency: "usd" });
        let ended: string | undefined;
        for (const one of steps) {
          await run(id, one).catch(() => undefined);
          const intent = await stripe.paymentIntents.retrieve(id);
          const charges = (await stripe.charges.list({ payment_intent: id })).data.filter((charge) => charge.paid);
          const refunds = (await stripe.refunds.list({ payment_intent: id })).data;
          const refunded = refunds.reduce((sum, refund) => sum + refund.amount, 0);
          expect(charges.length).toBe(intent.status === "succeeded" ? 1 : 0);
          expect(intent.amount_received).toBe(charges.length * AMOUNT);
          expect(refunded).toBeLessThanOrEqual(intent.amount_received);
          expect(charges[0]?.amount_refunded ?? 0).toBe(refunded);
          if (ended) expect(intent.status).toBe(ended);
          if (["succeeded", "canceled"].includes(intent.status)) ended = intent.status;
        }
      }),
      { numRuns: 40 },
    );
    await fakeStripe.close();
  });
});
