import { randomUUID } from "node:crypto";
import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { cartContents } from "@/app/(store)/cart/cart";
import { COUNTRIES } from "@/app/countries";
import { OrderLines } from "@/app/ui/order-lines";
import { Card } from "@/app/ui/surface";
import { type AccountView, viewAccount } from "@/lib/account/view-account";
import { currentUser } from "@/lib/auth/viewer";
import { formatMoney } from "@/lib/money";
import { CheckoutForm } from "./checkout-form";
import { Payment } from "./payment-choice";

export const metadata = { title: "Checkout" };

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
          <OrderLines
            items={lines.map(({ product, ...line }) => ({ productId: product.id, name: product.name, ...line }))}
            total={total}
          />
        </Card>
      </div>
    </>
  );
}

/** Returns the initial values of the form from the account. */
function deliveryOf({ email, name, address }: AccountView): Record<string, string> {
  if (!address) return { email, name };
  const { line1, postalCode = "", city, country } = address;
  return { email, name: address.name ?? name, line1, postalCode, city, country };
}
