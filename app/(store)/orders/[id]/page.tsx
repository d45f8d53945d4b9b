import { Fragment } from "react";
import type { PageParams, PageQuery } from "@/app/page-props";
import { AddressFields } from "@/app/ui/address-fields";
import { Button } from "@/app/ui/button";
import { DisclosedForm } from "@/app/ui/disclosed-form";
import { Disclosure } from "@/app/ui/disclosure";
import { Badge } from "@/app/ui/display";
import { EmailField, TextField } from "@/app/ui/field";
import { LiveOrder } from "@/app/ui/live-progress";
import { OrderPoller } from "@/app/ui/refresher";
import { Timeline } from "@/app/ui/timeline";
import { LocalTime } from "@/app/ui/timestamp";
import { challengeSiteKey } from "@/lib/challenge";
import { isConfirmationSent } from "@/lib/orders/send-order-email";
import { cancel, correct } from "./actions";
import { loadOrder, orderMetadata } from "./load-order";
import { Delivery, OrderLinks } from "./order-links";
import { ProcessingSteps } from "./processing-steps";
import { Items, NextAction, Notice, Shipments, Steps } from "./sections";
import { pollInterval, STATUS, statusText } from "./status-text";

export const generateMetadata = orderMetadata((number) => `Order ${number}`);

export default async function OrderPage({
  params,
  searchParams,
}: PageParams<"id"> & PageQuery<"token" | "notice" | "redirect_status">) {
  const [{ id }, { token = "", notice, redirect_status }] = [await params, await searchParams];
  const order = await loadOrder(id, token);
  const emailSent = order.status === "confirmed" && (await isConfirmationSent(id));
  const { label, tone } = STATUS[order.status];
  const intervalMs = pollInterval(order);
  const address = order.shippingAddress;
  const shown = JSON.stringify(address ?? {});
  return (
    <div className="mx-auto grid max-w-3xl gap-6">
      {intervalMs ? (
        <>
          <LiveOrder
            id={id}
            poller={
              <OrderPoller
                events={order.timeline.length}
                intervalMs={intervalMs}
                url={`/api/orders/${id}?token=${token}`}
              />
            }
            token={token}
          />
          <noscript>
            <meta content={String(Math.max(4, intervalMs / 1_000))} httpEquiv="refresh" />
          </noscript>
        </>
      ) : null}
      <header className="grid gap-3">
        <div className="flex flex-wrap items-center gap-3">
          <h1>Order {order.number}</h1>
          <Badge tone={tone}>{label}</Badge>
        </div>
        <p aria-live="polite" className="text-muted">
          {statusText(order)}
        </p>
      </header>
      <Steps status={order.status} />
      <ProcessingSteps emailSent={emailSent} order={order} />
      <Notice code={notice} />
      <NextAction
        authenticated={redirect_status === "succeeded"}
        order={order}
        siteKey={notice === "challenge_required" ? challengeSiteKey() : undefined}
        token={token}
      />
      <Shipments shipment={order.shipment} />
      <Items order={order} />
      <Delivery order={order} />
      <OrderLinks order={order} token={token} />
      <Timeline events={order.timeline} Time={LocalTime} />
      {order.cancellable ? (
        <DisclosedForm
          action={correct}
          hidden={{ id, token, shown }}
          label="Correct the address or email"
          question="Fill in or change what is wrong. A new email address gets a new link to this order."
          submit="Save corrections"
        >
          {/* The key: the fields have the values that `shown` has, also after a refresh of the page. */}
          <Fragment key={shown}>
            <EmailField required={false} />
            <TextField autoComplete="name" label="Name" name="name" />
            <AddressFields address={address} />
          </Fragment>
        </DisclosedForm>
      ) : null}
      {order.cancellable ? (
        <Disclosure
          label={order.shipment ? "Cancel the remaining items" : "Cancel this order"}
          question={
            order.shipment
              ? "This cancels the items that have not shipped and refunds their price."
              : "This cancels the order and refunds your payment in full."
          }
          tone="bad"
        >
          <form action={cancel}>
            <input name="id" type="hidden" value={id} />
            <input name="token" type="hidden" value={token} />
            <Button kind="danger" type="submit">
              {order.shipment ? "Yes, cancel them" : "Yes, cancel the order"}
            </Button>
          </form>
        </Disclosure>
      ) : null}
    </div>
  );
}
