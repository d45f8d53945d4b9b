"use client";

import { Elements, PaymentElement, useElements, useStripe } from "@stripe/react-stripe-js";
import { loadStripe } from "@stripe/stripe-js";
import { useEffect, useMemo, useRef, useState } from "react";

interface Props {
  publishableKey: string;
  /** Minor units. */
  amount: number;
  currency: string;
}

/**
 * Stripe's Payment Element: the card goes from the browser to Stripe, and the form around it gets a payment method's id
 * in its place.
 */
export function CardForm({ publishableKey, amount, currency }: Props) {
  const stripe = useMemo(() => loadStripe(publishableKey), [publishableKey]);
  return (
    <Elements
      options={{
        mode: "payment",
        amount,
        currency: currency.toLowerCase(),
        paymentMethodCreation: "manual",
        allowedPaymentMethodTypes: ["card"],
      }}
      stripe={stripe}
    >
      <Card />
    </Elements>
  );
}

function Card() {
  const stripe = useStripe();
  const elements = useElements();
  const field = useRef<HTMLInputElement>(null);
  const [problem, setProblem] = useState("");

  // The form is sent once Stripe has the card: its first submit is held back for that.
  useEffect(() => {
    const form = field.current?.form;
    if (!form || !stripe || !elements) return;
    const hold = async (event: SubmitEvent) => {
      if (field.current?.value) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      const { error } = await elements.submit();
      const created = error ? { error } : await stripe.createPaymentMethod({ elements });
      if (created.error || !field.current) return setProblem(created.error?.message ?? "The card could not be used.");
      field.current.value = created.paymentMethod.id;
      form.requestSubmit();
    };
    form.addEventListener("submit", hold, { capture: true });
    return () => form.removeEventListener("submit", hold, { capture: true });
  }, [stripe, elements]);

  return (
    <div className="grid gap-2">
      <input name="paymentMethod" ref={field} type="hidden" />
      <PaymentElement />
      {problem ? (
        <p className="text-bad text-sm" role="alert">
          {problem}
        </p>
      ) : null}
    </div>
  );
}
