import { Card } from "@/app/ui/display";
import type { TimelineType } from "@/lib/order-state/order-changes";
import type { OrderView } from "@/lib/orders/view-order";

type State = "done" | "running" | "waiting";

const SIGNS: Record<State, { sign: string; text: string; className: string }> = {
  done: { sign: "✓", text: "done", className: "text-good" },
  running: { sign: "…", text: "in progress", className: "font-medium" },
  waiting: { sign: "○", text: "not started", className: "text-muted" },
};

/** The steps of a run that processes an order, as the timeline shows them. Orders that have ended otherwise show none. */
export function ProcessingSteps({ order, emailSent }: { order: OrderView; emailSent: boolean }) {
  if (!["pending", "awaiting_payment", "confirmed"].includes(order.status)) return null;
  const isConfirmed = order.status === "confirmed";
  // Another card starts another attempt, with its own steps.
  const events = order.timeline.slice(order.timeline.findLastIndex(({ type }) => type === "payment_retried") + 1);
  const has = (type: TimelineType) => isConfirmed || events.some((event) => event.type === type);
  const steps = [
    { label: "Reserve items", done: has("stock_reserved") },
    { label: "Charge payment", done: has("payment_succeeded") },
    { label: "Confirm order", done: isConfirmed },
    { label: "Send email", done: emailSent },
  ];
  const next = steps.findIndex(({ done }) => !done);
  // An order that waits for its customer runs no step.
  const state = (index: number, done: boolean): State =>
    done ? "done" : index === next && order.status !== "awaiting_payment" ? "running" : "waiting";
  return (
    <Card title="Processing">
      <ol aria-label="Processing steps" className="grid gap-2 sm:grid-cols-4">
        {steps.map(({ label, done }, index) => {
          const { sign, text, className } = SIGNS[state(index, done)];
          return (
            <li className={className} key={label}>
              <span aria-hidden>{sign} </span>
              {label}
              <span className="sr-only">, {text}</span>
            </li>
          );
        })}
      </ol>
    </Card>
  );
}
