import { StatusRow } from "@/app/ui/status-row";
import { Card } from "@/app/ui/surface";
import type { CheckName, Health } from "@/lib/health/check-health";

/** What each check says when all is well. */
const WELL: Record<CheckName, string> = {
  database: "The database responds",
  inngest: "Inngest responds",
  outbox: "Outbox events are sent on time",
  stripe: "Stripe responds",
  email: "The email provider responds",
  orders: "No order is open past its deadline",
  crons: "Scheduled functions run on time",
  events: "Inngest accepts every event",
};

export function Services({ health }: { health: Health }) {
  return (
    <Card>
      <h2 className="mb-4">Health</h2>
      <ul className="grid gap-3">
        {Object.entries(health.checks).map(([name, { status, detail }]) => (
          <StatusRow good={status === "ok"} key={name} reason={detail}>
            {status === "ok" ? WELL[name as CheckName] : name.charAt(0).toUpperCase() + name.slice(1)}
          </StatusRow>
        ))}
      </ul>
    </Card>
  );
}
