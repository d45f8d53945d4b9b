import type { ReactNode } from "react";
import { PageContent } from "@/app/ui/display";
import { TextLink } from "@/app/ui/link";
import { PrintButton } from "@/app/ui/print-button";
import { addressLines, addressSchema } from "@/lib/address";
import type { OrderDetails } from "@/lib/orders/inspect-order";

/** A document about an order. On paper it has neither navigation nor buttons. */
export function PrintedPage({ order, title, children }: { order: OrderDetails; title: string; children: ReactNode }) {
  return (
    <PageContent
      className="max-w-3xl print:max-w-none print:text-black"
      title={`${title}, order ${order.number}`}
      beside={
        <span className="flex flex-wrap items-center gap-4 print:hidden">
          <PrintButton />
          <TextLink className="inline-flex min-h-11 items-center" href={`/console/orders/${order.id}`}>
            Back to the order
          </TextLink>
        </span>
      }
    >
      {children}
    </PageContent>
  );
}

/** The shipping address of an order, or its customer's name and email without one. */
export function Recipient({ customer }: Pick<OrderDetails, "customer">) {
  const address = addressSchema.safeParse(customer.address).data;
  const lines = address ? addressLines(address, customer.name) : [customer.name ?? customer.email];
  return (
    <address className="not-italic wrap-anywhere">
      {lines.map((line) => (
        <p key={line}>{line}</p>
      ))}
    </address>
  );
}
