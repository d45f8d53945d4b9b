"use client";

import type { ReactNode } from "react";
import type { Country } from "@/app/countries";
import { Button } from "@/app/ui/button";
import { Challenge } from "@/app/ui/challenge";
import { Card, Message } from "@/app/ui/display";
import { CountryField, EmailField, TextField } from "@/app/ui/field";
import { type FormState, RefusedForm } from "@/app/ui/form-state";
import { OrderLines } from "@/app/ui/order-lines";
import { FormMessage, useFormAction } from "@/app/ui/use-form-action";
import { formatMoney } from "@/lib/money";
import type { Quote } from "@/lib/view-schemas";
import { type CheckoutState, checkout } from "./actions";

interface Props {
  /** The idempotency key of the order. */
  orderKey: string;
  /** The fields of the payment method. */
  payment: ReactNode;
  /** The cart and its price. The form sends it, so that the customer is never charged another price. */
  shown: Quote;
  /** The initial values of the fields. */
  known: FormState["values"];
  countries: Country[];
  /** The country that is selected first. */
  country: string;
  /** The fields of further lines of the known address. */
  addressLines: ReactNode;
}

/** The checkout form, with the order that it places. It also works without JavaScript. */
export function CheckoutForm({ orderKey, payment, shown, known, countries, country, addressLines }: Props) {
  const { state, pending, form, field } = useFormAction<CheckoutState>(checkout, { values: known });
  const { changed, applied, openOrder, siteKey } = state;
  const order = changed?.now ?? applied ?? shown;
  const free = order.total.amount === 0;
  return (
    <div className="grid items-start gap-6 lg:grid-cols-[1fr_22rem]">
      <Card>
        <form {...form} className="grid gap-6">
          <input name="key" type="hidden" value={orderKey} />
          <input name="shown" type="hidden" value={JSON.stringify(order)} />
          <FormMessage {...state} />
          {openOrder ? (
            <p>
              <a className="underline" href={openOrder.statusUrl}>
                Continue with order {openOrder.number}
              </a>
              , or cancel it there.
            </p>
          ) : null}
          {changed ? <Changed {...changed} /> : null}
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
            <RefusedForm value={state}>{addressLines}</RefusedForm>
            <TextField autoComplete="postal-code" label="Postal code" {...field("postalCode")} />
            <TextField autoComplete="address-level2" label="City" required {...field("city")} />
            <CountryField countries={countries} {...field("country")} defaultValue={state.values?.country ?? country} />
            <div className="grid grid-cols-[1fr_auto] items-start gap-x-2">
              <TextField autoComplete="off" label="Coupon (optional)" {...field("couponCode")} />
              {/* Its own fields are enough for a price, so the browser does not require the others. */}
              <Button busy={pending} className="mt-[1.65rem]" formNoValidate kind="quiet" name="intent" value="apply">
                Apply
              </Button>
            </div>
            {applied ? (
              <div className="self-end">
                <Message tone="good">{appliedText(applied)}</Message>
              </div>
            ) : null}
          </fieldset>
          {siteKey ? <Challenge request={state} siteKey={siteKey} /> : null}
          {free ? <p>There is nothing to pay.</p> : payment}
          {/* On a phone, the total stays in view. */}
          <div className="grid gap-2 border-line max-lg:sticky max-lg:bottom-0 max-lg:-mx-5 max-lg:-mb-5 max-lg:rounded-b-2xl max-lg:border-t max-lg:bg-paper max-lg:px-5 max-lg:py-3 sm:max-lg:-mx-6 sm:max-lg:-mb-6 sm:max-lg:px-6">
            <p className="flex justify-between gap-4 font-semibold lg:hidden">
              <span>Total, {itemCount(order)}</span>
              <span className="tabular-nums">{formatMoney(order.total)}</span>
            </p>
            <Button busy={pending} type="submit">
              {pending ? "Please wait…" : free ? "Place your order" : `Pay ${formatMoney(order.total)}`}
            </Button>
          </div>
        </form>
      </Card>
      <Card title="Your order">
        <OrderLines {...order} />
      </Card>
    </div>
  );
}

function itemCount({ items }: Quote): string {
  const count = items.reduce((sum, { quantity }) => sum + quantity, 0);
  return count === 1 ? "1 item" : `${count} items`;
}

const appliedText = ({ discount, total }: Quote): string =>
  discount
    ? `Coupon ${discount.code} takes ${formatMoney(discount.amount)} off. The new total is ${formatMoney(total)}.`
    : `Without a coupon the total is ${formatMoney(total)}.`;

/** Both orders: the one that the customer had seen, and the one that would be charged now. */
function Changed({ before, now }: { before?: Quote; now: Quote }) {
  return (
    <Message
      title={`Your order has changed. Nothing was charged. Please check it, and confirm the total of ${formatMoney(now.total)}.`}
      tone="bad"
    >
      <div className="mt-3 grid gap-6 sm:grid-cols-2">
        {before ? (
          <div>
            <p className="mb-2 font-semibold">Before</p>
            <OrderLines {...before} />
          </div>
        ) : null}
        <div>
          <p className="mb-2 font-semibold">Now</p>
          <OrderLines {...now} />
        </div>
      </div>
    </Message>
  );
}
