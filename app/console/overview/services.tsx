import { Verdict } from "@/app/ui/status-row";
import { Card } from "@/app/ui/surface";
import type { CheckName, Health } from "@/lib/health/check-health";

/** What each check says when all is well. */
const WELL: Record<CheckName, string> = {
  database: "The database answers",
  inngest: "Inngest answers",
  outbox: "No event waits long for its sending",
  stripe: "Stripe answers",
  email: "The email provider answers",
  orders: "No order is open past its deadline",
  crons: "Every scheduled function runs",
  events: "Inngest takes every event",
};

export function Services({ health }: { health: Health }) {
  return (
    <Card>
      <h2 className="mb-4">Health</h2>
      <ul className="grid gap-3">
        {Object.entries(health.checks).map(([name, { status, detail }]) => (
          <Verdict good={status === "ok"} key={name} reason={detail}>
            {status === "ok" ? WELL[name as CheckName] : name.charAt(0).toUpperCase() + name.slice(1)}
          </Verdict>
        ))}
      </ul>
    </Card>
  );
}
