import { randomUUID } from "node:crypto";
import { redirect } from "next/navigation";
import { readCart } from "@/app/(store)/cart/cart";
import { COUNTRIES } from "@/app/countries";
import { viewer } from "@/app/session";
import { AddressLines } from "@/app/ui/address-lines";
import { Message } from "@/app/ui/display";
import { type AccountView, viewAccount } from "@/lib/account/account";
import { storeEnv } from "@/lib/env";
import { CheckoutForm } from "./checkout-form";
import { Payment } from "./payment-choice";

export const metadata = { title: "Checkout" };

export default async function CheckoutPage() {
  const { items, withdrawn, total } = await readCart();
  // The cart says what is wrong with it, for example two currencies.
  if (!total) redirect("/cart");
  const user = await viewer();
  const account = user && (await viewAccount(user.id));
  const lines = items.map(({ productId, sku, name, quantity, price, total }) => {
    return { productId, sku, name, quantity, unitPrice: price, total };
  });
  return (
    <>
      <h1 className="mb-6">Checkout</h1>
      {withdrawn.length > 0 ? (
        <div className="mb-6">
          <Message
            title={`No longer on sale, and not part of your order: ${withdrawn.map(({ name }) => name).join(", ")}`}
            tone="warn"
          />
        </div>
      ) : null}
      <CheckoutForm
        addressLines={<AddressLines address={account?.address} />}
        countries={COUNTRIES}
        country={storeEnv().STORE_COUNTRY}
        known={account ? knownOf(account) : {}}
        orderKey={randomUUID()}
        payment={<Payment total={total} />}
        shown={{ items: lines, total }}
      />
    </>
  );
}

/** The values of the fields. The name of the customer and that of the address are two fields. */
const knownOf = ({ email, name, address }: AccountView) => ({ ...address, email, name, recipient: address?.name });
