import { Payment } from "@/app/(store)/checkout/payment-choice";
import { Button } from "@/app/ui/button";
import { Card, Message } from "@/app/ui/surface";
import type { OrderView } from "@/lib/orders/view-order";
import { tryAgain } from "./actions";

/** What the customer has to do now, if anything: go to the bank, or pay with another card. */
export function NextStep({ order, token }: { order: OrderView; token: string }) {
  const { id, nextAction, total } = order;
  if (nextAction?.type === "authenticate")
    return (
      <Message title="Confirm your payment" tone="warn">
        <p className="mb-3">Your bank asks you to confirm this payment. You return to this page afterwards.</p>
        <a
          className="inline-flex min-h-11 items-center rounded-lg bg-accent px-4 font-medium text-on-accent"
          href={nextAction.url}
        >
          Go to my bank
        </a>
      </Message>
    );
  if (nextAction?.type !== "pay_again") return null;
  return (
    <Card>
      <form action={tryAgain} className="grid gap-4">
        <input name="id" type="hidden" value={id} />
        <input name="token" type="hidden" value={token} />
        <Payment legend="Pay with another card" total={total} />
        <Button type="submit">Try again</Button>
      </form>
    </Card>
  );
}
