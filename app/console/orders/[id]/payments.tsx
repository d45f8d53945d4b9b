import { StatusBadge } from "@/app/ui/status-badge";
import { Titled } from "@/app/ui/surface";
import { Table } from "@/app/ui/table";
import { Timestamp } from "@/app/ui/timestamp";
import { formatMoney } from "@/lib/money";
import type { OrderDetails } from "@/lib/orders/inspect-order";

const money = "whitespace-nowrap tabular-nums";

/** What was charged, attempt by attempt, and what went back. */
export function Payments({ order: { payments, refunds } }: { order: OrderDetails }) {
  return (
    <Titled title="Payments">
      {payments.length === 0 ? <p className="text-muted">No payments.</p> : null}
      {payments.length > 0 ? (
        <Table
          caption="Payments"
          columns={[
            {
              head: "Payment",
              cell: ({ attempt, intentId, at }) => (
                <>
                  Attempt {attempt} · <Timestamp at={at} />
                  <span className="block font-mono text-muted text-xs">{intentId ?? "not created at Stripe yet"}</span>
                </>
              ),
            },
            {
              head: "Status",
              cell: ({ status, failureCode }) => (
                <>
                  <StatusBadge status={status} />
                  {failureCode ? <span className="block text-muted">{failureCode.replaceAll("_", " ")}</span> : null}
                </>
              ),
            },
            { head: "Captured", cell: ({ captured }) => formatMoney(captured), className: money },
            { head: "Refunded", cell: ({ refunded }) => formatMoney(refunded), className: money },
          ]}
          keyOf={({ id }) => id}
          rows={payments}
        />
      ) : null}
      {refunds.length > 0 ? (
        <Table
          caption="Refunds"
          columns={[
            { head: "Refund", cell: ({ reason }) => `Refund: ${reason.replaceAll("_", " ")}` },
            { head: "Status", cell: ({ status }) => <StatusBadge status={status} /> },
            { head: "Amount", cell: ({ amount }) => formatMoney(amount), className: money },
            { head: "Created (UTC)", cell: ({ at }) => <Timestamp at={at} /> },
          ]}
          keyOf={({ id }) => id}
          rows={refunds}
        />
      ) : null}
    </Titled>
  );
}
