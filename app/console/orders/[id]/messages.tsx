import { StatusBadge } from "@/app/ui/status-badge";
import { Titled } from "@/app/ui/surface";
import { Table } from "@/app/ui/table";
import { Timestamp } from "@/app/ui/timestamp";
import type { OrderDetails } from "@/lib/orders/inspect-order";

const CHANNELS: Record<string, string> = { sms: "SMS", push: "Push notification", crm: "CRM note" };

/** What was told of the order, by email and on every other way. */
export function Messages({ order: { emails, messages } }: { order: OrderDetails }) {
  const rows = [
    ...emails.map(({ id, to, subject, status, lastEvent, at }) => ({
      ...{ id, what: subject, note: `Email to ${to}`, state: lastEvent?.replace("email.", "") ?? status, at },
    })),
    ...messages.map(({ id, channel, target, status, provider, error, at }) => ({
      ...{ id, what: `${CHANNELS[channel] ?? channel} to ${target}`, state: status, at },
      note: error ?? (provider ? `by ${provider}` : ""),
    })),
  ];
  return (
    <Titled title="Emails and messages">
      {rows.length === 0 ? (
        <p className="text-muted">No messages yet.</p>
      ) : (
        <Table
          caption="Emails and messages"
          columns={[
            {
              head: "Message",
              cell: ({ what, note }) => (
                <>
                  {what}
                  <span className="block text-muted text-sm">{note}</span>
                </>
              ),
            },
            { head: "Status", cell: ({ state }) => <StatusBadge status={state} /> },
            { head: "Created (UTC)", cell: ({ at }) => <Timestamp at={at} /> },
          ]}
          keyOf={({ id }) => id}
          rows={rows}
        />
      )}
    </Titled>
  );
}
