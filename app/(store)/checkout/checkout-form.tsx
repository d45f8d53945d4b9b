"use client";

import type { ReactNode } from "react";
import type { Country } from "@/app/countries";
import { FormMessage, type FormState, useFormAction } from "@/app/ui/action-form";
import { Button } from "@/app/ui/button";
import { CountryField, EmailField, TextField } from "@/app/ui/field";
import { checkout } from "./actions";

interface Props {
  /** The idempotency key of the order. */
  orderKey: string;
  /** The fields of the payment method. */
  payment: ReactNode;
  total: string;
  /** The initial values of the fields. */
  known: FormState["values"];
  countries: Country[];
}

/** The checkout form. It also works without JavaScript. */
export function CheckoutForm({ orderKey, payment, total, known, countries }: Props) {
  const { state, pending, form, field } = useFormAction<FormState>(checkout, { values: known });
  return (
    <form {...form} className="grid gap-6">
      <input name="key" type="hidden" value={orderKey} />
      <FormMessage {...state} />
      <fieldset className="grid gap-4">
        <legend className="mb-3 font-semibold text-lg">Contact</legend>
        <EmailField {...field("email")} />
        <TextField autoComplete="name" label="Name" {...field("name")} />
      </fieldset>
      <fieldset className="grid gap-4 sm:grid-cols-2">
        <legend className="mb-3 font-semibold text-lg">Shipping address</legend>
        <div className="sm:col-span-2">
          <TextField autoComplete="address-line1" label="Street and number" required {...field("line1")} />
        </div>
        <TextField autoComplete="postal-code" label="Postal code" {...field("postalCode")} />
        <TextField autoComplete="address-level2" label="City" required {...field("city")} />
        <CountryField countries={countries} {...field("country")} defaultValue={state.values?.country ?? "DE"} />
        <TextField
          autoComplete="off"
          hint="Deducted from the total when you pay"
          label="Coupon (optional)"
          {...field("couponCode")}
        />
      </fieldset>
      {payment}
      <Button busy={pending} type="submit">
        {pending ? "Placing your order…" : `Pay ${total}`}
      </Button>
    </form>
  );
}
