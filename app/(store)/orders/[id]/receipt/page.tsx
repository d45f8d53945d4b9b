import { notFound } from "next/navigation";
import type { PageParams, PageQuery } from "@/app/page-props";
import { TextLink } from "@/app/ui/link";
import { PrintButton } from "@/app/ui/print-button";
import { LocalTime } from "@/app/ui/timestamp";
import { addressLines } from "@/lib/address";
import { storeEnv } from "@/lib/env";
import { formatMoney } from "@/lib/money";
import { hasReceipt } from "@/lib/order-state/status";
import { loadOrder, orderMetadata } from "../load-order";

/** A browser that saves the page as a PDF proposes the title as the name of the file. */
export const generateMetadata = orderMetadata((number) => `Receipt for order ${number}`);

/** The receipt of an order that was paid, to print or to save as a PDF. */
export default async function ReceiptPage({ params, searchParams }: PageParams<"id"> & PageQuery<"token">) {
  const [{ id }, { token = "" }] = [await params, await searchParams];
  const order = await loadOrder(id, token);
  const paid = order.timeline.findLast(({ type }) => type === "payment_succeeded")?.at;
  if (!hasReceipt(order)) notFound();
  const { number, email, name, placedAt, shippingAddress, items, discount, total, refunds } = order;
  const amount = "whitespace-nowrap py-2 pl-4 text-right tabular-nums";
  return (
    <article className="mx-auto grid max-w-3xl gap-6 rounded-2xl border border-line bg-paper p-5 sm:p-8 print:border-0 print:p-0">
      <div className="flex flex-wrap items-start justify-between gap-4">
        <div>
          <p className="font-bold">{storeEnv().STORE_NAME}</p>
          <h1>Receipt for order {number}</h1>
        </div>
        <div className="flex flex-wrap items-center gap-4 print:hidden">
          <TextLink href={`/orders/${id}${token && `?token=${token}`}`}>Back to the order</TextLink>
          <PrintButton />
        </div>
      </div>
      <dl className="grid gap-4 wrap-anywhere sm:grid-cols-[1fr_1fr_2fr]">
        <div>
          <dt className="text-muted text-sm">Ordered</dt>
          <dd>
            <LocalTime at={placedAt} />
          </dd>
        </div>
        <div>
          <dt className="text-muted text-sm">{paid ? "Paid" : "Payment"}</dt>
          <dd>{paid ? <LocalTime at={paid} /> : "Nothing to pay"}</dd>
        </div>
        <div>
          <dt className="text-muted text-sm">Customer</dt>
          <dd className="whitespace-pre-line">
            {[...(shippingAddress ? addressLines(shippingAddress, name ?? null) : [name]), email]
              .filter(Boolean)
              .join("\n")}
          </dd>
        </div>
      </dl>
      <table className="w-full text-left">
        <caption className="sr-only">Items</caption>
        <thead className="border-line border-b text-muted text-sm">
          <tr>
            <th className="py-2 font-medium" scope="col">
              Item
            </th>
            <th className={`${amount} font-medium max-sm:sr-only`} scope="col">
              Each
            </th>
            <th className={`${amount} font-medium`} scope="col">
              Amount
            </th>
          </tr>
        </thead>
        <tbody>
          {items.map(({ productId, sku, name, quantity, unitPrice, total }) => (
            <tr className="border-line border-b align-top" key={productId}>
              <th className="py-2 font-normal wrap-anywhere" scope="row">
                {quantity} × {name} <span className="block text-muted text-sm">{sku}</span>
              </th>
              <td className={`${amount} max-sm:sr-only`}>{formatMoney(unitPrice)}</td>
              <td className={amount}>{formatMoney(total)}</td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          {discount ? <Sum label={`Coupon ${discount.code}`} text={`−${formatMoney(discount.amount)}`} /> : null}
          <Sum label="Total paid" strong text={formatMoney(total)} />
          {refunds
            .filter(({ status }) => status === "succeeded")
            .map((refund) => (
              <Sum key={refund.id} label="Refunded" text={`−${formatMoney(refund.amount)}`} />
            ))}
        </tfoot>
      </table>
    </article>
  );
}

function Sum({ label, text, strong = false }: { label: string; text: string; strong?: boolean }) {
  return (
    <tr className={strong ? "font-semibold" : ""}>
      <th className="py-2 font-[inherit]" scope="row">
        {label}
      </th>
      <td className="max-sm:sr-only" />
      <td className="whitespace-nowrap py-2 pl-4 text-right tabular-nums">{text}</td>
    </tr>
  );
}
