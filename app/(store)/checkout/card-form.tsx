"use client";

import { Elements, PaymentElement, useElements, useStripe } from "@stripe/react-stripe-js";
import { type Appearance, loadStripe, type Stripe } from "@stripe/stripe-js";
import { useEffect, useRef, useState } from "react";

interface Props {
  publishableKey: string;
  /** Minor units. */
  amount: number;
  currency: string;
}

const NOT_LOADED =
  "The card form could not be loaded from Stripe. Check your connection and your content blocker, then reload this page.";

/**
 * Stripe's Payment Element. The browser sends the card to Stripe, and the form around it receives the id of a payment
 * method. The server pays with this id (docs.stripe.com/payments/finalize-payments-on-the-server).
 */
export function CardForm({ publishableKey, amount, currency }: Props) {
  const [stripe, setStripe] = useState<Stripe | null>(null);
  const [problem, setProblem] = useState("");
  const [appearance, setAppearance] = useState<Appearance>({ theme: "stripe" });
  useEffect(() => {
    setAppearance(appearanceOf(document.documentElement));
    loadStripe(publishableKey).then(setStripe, () => setProblem(NOT_LOADED));
  }, [publishableKey]);
  return (
    <fieldset className="grid gap-3">
      <legend className="mb-3 font-semibold text-lg">Card</legend>
      <noscript>
        <p>The card form needs JavaScript, because the card number goes directly to Stripe.</p>
      </noscript>
      <Elements
        options={{
          mode: "payment",
          amount,
          currency: currency.toLowerCase(),
          paymentMethodCreation: "manual",
          allowedPaymentMethodTypes: ["card"],
          appearance,
        }}
        stripe={stripe}
      >
        <Card onProblem={setProblem} />
      </Elements>
      {problem ? (
        <p className="text-bad text-sm" role="alert">
          {problem}
        </p>
      ) : null}
    </fieldset>
  );
}

function Card({ onProblem }: { onProblem: (problem: string) => void }) {
  const stripe = useStripe();
  const elements = useElements();
  const field = useRef<HTMLInputElement>(null);

  // Each submit waits until Stripe has the card, because the customer may change the card after an error.
  useEffect(() => {
    const form = field.current?.form;
    let creating = false;
    let ready = false;
    const createPaymentMethod = async (event: SubmitEvent) => {
      // The button of the coupon asks for a price and needs no card.
      if (event.submitter instanceof HTMLButtonElement && event.submitter.name === "intent") return;
      if (ready) {
        ready = false;
        return;
      }
      event.preventDefault();
      event.stopImmediatePropagation();
      if (creating || !stripe || !elements) return;
      creating = true;
      onProblem("");
      const { error } = await elements.submit();
      const created = error ? { error } : await stripe.createPaymentMethod({ elements });
      creating = false;
      if (created.error || !field.current)
        return onProblem(created.error?.message ?? "The card could not be used. Please try another.");
      field.current.value = created.paymentMethod.id;
      ready = true;
      form?.requestSubmit();
    };
    form?.addEventListener("submit", createPaymentMethod, { capture: true });
    return () => form?.removeEventListener("submit", createPaymentMethod, { capture: true });
  }, [stripe, elements, onProblem]);

  return (
    <>
      <input name="paymentMethod" ref={field} type="hidden" />
      {stripe ? (
        <PaymentElement onLoadError={() => onProblem(NOT_LOADED)} />
      ) : (
        <p className="text-muted">Loading the card form from Stripe…</p>
      )}
    </>
  );
}

/** Returns the shop's colours for Stripe's frame, because the style sheet does not apply inside the frame. */
function appearanceOf(root: HTMLElement): Appearance {
  const probe = document.createElement("span");
  root.append(probe);
  const colour = (token: string) => {
    probe.style.color = `var(${token})`;
    return getComputedStyle(probe).color;
  };
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  const variables = {
    colorPrimary: colour("--accent"),
    colorBackground: colour("--paper"),
    colorText: colour("--ink"),
    colorDanger: colour("--bad"),
    borderRadius: "8px",
  };
  probe.remove();
  return { theme: dark ? "night" : "stripe", variables };
}
