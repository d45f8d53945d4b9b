"use client";

import { type ReactNode, useActionState } from "react";
import { Button } from "@/app/ui/button";
import { TextField } from "@/app/ui/field";
import { Notice } from "@/app/ui/surface";
import { type CheckoutState, checkout } from "./actions";

/** The form; it works without JavaScript, too. `payment` is how the customer pays, `known` what need not be typed. */
export function CheckoutForm({
  orderKey,
  payment,
  total,
  known,
}: {
  orderKey: string;
  payment: ReactNode;
  total: string;
  known: Record<string, string>;
}) {
  const [state, action, pending] = useActionState<CheckoutState, FormData>(checkout, { errors: {}, values: known });
  const field = (name: string) => ({ name, defaultValue: state.values[name] ?? "", error: state.errors[name] });
  return (
    <form action={action} className="grid gap-6">
      <input name="key" type="hidden" value={orderKey} />
      {state.message ? (
        <Notice title={state.message} tone="bad">
          {Object.values(state.errors).join(" · ")}
        </Notice>
      ) : null}
      <fieldset className="grid gap-4">
        <legend className="mb-3 font-semibold text-lg">Contact</legend>
        <TextField autoComplete="email" label="E-mail" required type="email" {...field("email")} />
        <TextField autoComplete="name" label="Name" {...field("name")} />
      </fieldset>
      <fieldset className="grid gap-4 sm:grid-cols-2">
        <legend className="mb-3 font-semibold text-lg">Delivery</legend>
        <div className="sm:col-span-2">
          <TextField autoComplete="address-line1" label="Street and number" required {...field("line1")} />
        </div>
        <TextField autoComplete="postal-code" label="Postal code" required {...field("postalCode")} />
        <TextField autoComplete="address-level2" label="City" required {...field("city")} />
        <TextField
          autoComplete="country"
          hint="Two letters, such as DE"
          label="Country"
          maxLength={2}
          pattern="[A-Z]{2}"
          required
          {...field("country")}
          defaultValue={state.values.country ?? "DE"}
        />
        <TextField autoComplete="off" label="Coupon (optional)" {...field("couponCode")} />
      </fieldset>
      {payment}
      <Button aria-disabled={pending} disabled={pending} type="submit">
        {pending ? "Placing your order…" : `Pay ${total}`}
      </Button>
    </form>
  );
}
