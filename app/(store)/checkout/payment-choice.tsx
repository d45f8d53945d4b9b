import { stripeEnv } from "@/lib/env";
import type { Money } from "@/lib/money";
import { CardForm } from "./card-form";

/** Stripe's test payment methods (docs.stripe.com/testing), for a shop in test mode without a publishable key. */
const TEST_CARDS = [
  { id: "pm_card_visa", label: "Visa that works" },
  { id: "pm_card_authenticationRequired", label: "Card that asks for 3-D Secure" },
  { id: "pm_card_visa_chargeDeclined", label: "Card that is declined" },
  { id: "pm_card_visa_chargeDeclinedInsufficientFunds", label: "Card with insufficient funds" },
] as const;

/** The payment fields: Stripe's card form if a publishable key is configured, else a choice of test cards. */
export function Payment({ total, legend = "Pay with a test card" }: { total: Money; legend?: string }) {
  const { STRIPE_PUBLISHABLE_KEY } = stripeEnv();
  if (STRIPE_PUBLISHABLE_KEY)
    return <CardForm amount={total.amount} currency={total.currency} publishableKey={STRIPE_PUBLISHABLE_KEY} />;
  return (
    <fieldset className="grid gap-2">
      <legend className="mb-3 font-semibold text-lg">{legend}</legend>
      {TEST_CARDS.map(({ id, label }, index) => (
        <label
          className="flex min-h-11 items-center gap-3 rounded-lg border border-line px-3 has-checked:border-accent has-checked:bg-raised"
          key={id}
        >
          <input
            className="size-4 accent-accent"
            defaultChecked={index === 0}
            name="paymentMethod"
            type="radio"
            value={id}
          />
          {label}
        </label>
      ))}
    </fieldset>
  );
}
