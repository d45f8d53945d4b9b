import type { OrderView } from "@/lib/orders/view-order";

const STEPS = ["Placed", "Confirmed", "Shipped", "Delivered"] as const;

/** How many of the steps are taken; none of them means anything to an order that ended otherwise. */
const TAKEN: Partial<Record<OrderView["status"], number>> = {
  pending: 1,
  awaiting_payment: 1,
  confirmed: 2,
  shipped: 3,
  delivered: 4,
};

/** How far an order has come on its way to the customer. */
export function Steps({ status }: Pick<OrderView, "status">) {
  const taken = TAKEN[status];
  if (!taken) return null;
  return (
    <ol aria-label="Order progress" className="grid grid-cols-4 gap-2 text-xs sm:text-sm">
      {STEPS.map((step, index) => (
        <li
          aria-current={index === taken - 1 ? "step" : undefined}
          className={`border-t-4 pt-2 ${index < taken ? "border-accent font-medium" : "border-line text-muted"}`}
          key={step}
        >
          {index < taken ? (
            <span aria-hidden className="max-sm:hidden">
              ✓{" "}
            </span>
          ) : null}
          {step}
          <span className="sr-only">{index < taken ? ", completed" : ", not completed"}</span>
        </li>
      ))}
    </ol>
  );
}
