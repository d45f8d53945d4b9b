import { randomUUID } from "node:crypto";
import { redirect } from "next/navigation";
import { cartContents } from "@/app/(store)/cart/cart";
import { COUNTRIES } from "@/app/countries";
import { viewer } from "@/app/session";
import { Card } from "@/app/ui/display";
import { OrderLines } from "@/app/ui/order-lines";
import { viewAccount } from "@/lib/account/account";
import { formatMoney } from "@/lib/money";
import { CheckoutForm } from "./checkout-form";
import { Payment } from "./payment-choice";

export const metadata = { title: "Checkout" };

export default async function CheckoutPage() {
  const { lines, total } = await cartContents();
  if (!total) redirect("/cart");
  const user = await viewer();
  const account = user && (await viewAccount(user.id));
  return (
    <>
      <h1 className="mb-6">Checkout</h1>
      <div className="grid items-start gap-6 lg:grid-cols-[1fr_22rem]">
        <Card>
          <CheckoutForm
            countries={COUNTRIES}
            known={account ? { email: account.email, name: account.name, ...account.address } : {}}
            orderKey={randomUUID()}
            payment={<Payment total={total} />}
            total={formatMoney(total)}
          />
        </Card>
        <Card title="Your order">
          <OrderLines
            items={lines.map(({ product, ...line }) => ({ productId: product.id, name: product.name, ...line }))}
            total={total}
          />
        </Card>
      </div>
    </>
  );
}
