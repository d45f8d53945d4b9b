import { randomUUID } from "node:crypto";
import type { Metadata } from "next";
import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { cartContents } from "@/app/(store)/cart/contents";
import { COUNTRIES } from "@/app/countries";
import { Card } from "@/app/ui/surface";
import { type AccountView, viewAccount } from "@/lib/account/view-account";
import { currentUser } from "@/lib/auth/viewer";
import { formatMoney } from "@/lib/money";
import { CheckoutForm } from "./checkout-form";
import { Payment } from "./payment-choice";

export const metadata: Metadata = { title: "Checkout" };

export default async function CheckoutPage() {
  const { lines, total } = await cartContents();
  if (!total) redirect("/cart");
  const user = await currentUser(await headers());
  const known = user ? deliveryOf(await viewAccount(user.id)) : {};
  return (
    <>
      <h1 className="mb-6">Checkout</h1>
      <div className="grid items-start gap-6 lg:grid-cols-[1fr_22rem]">
        <Card>
          <CheckoutForm
            countries={COUNTRIES}
            known={known}
            orderKey={randomUUID()}
            payment={<Payment total={total} />}
            total={formatMoney(total)}
          />
        </Card>
        <Card className="grid gap-3">
          <h2>Your order</h2>
          <ul className="grid gap-2">
            {lines.map(({ product, quantity, total: sum }) => (
              <li className="flex justify-between gap-4" key={product.id}>
                <span>
                  {quantity} × {product.name}
                </span>
                <span className="tabular-nums">{formatMoney(sum)}</span>
              </li>
            ))}
          </ul>
          <p className="flex justify-between border-line border-t pt-3 font-semibold">
            <span>Total</span>
            <span className="tabular-nums">{formatMoney(total)}</span>
          </p>
        </Card>
      </div>
    </>
  );
}

/** What an account knows of where its orders go, by the form's names. */
function deliveryOf({ email, name, address }: AccountView): Record<string, string> {
  if (!address) return { email, name };
  const { line1, postalCode, city, country } = address;
  return { email, name: address.name ?? name, line1, postalCode, city, country };
}
