import { Card } from "@/app/ui/surface";
import { Timestamp } from "@/app/ui/timestamp";
import type { Overview } from "@/lib/console/overview";

export function Alerts({ alerts }: Pick<Overview, "alerts">) {
  return (
    <Card>
      <h2 className="mb-3">Alerts</h2>
      {alerts.length === 0 ? <p className="text-muted">No open alerts.</p> : null}
      <ul className="grid gap-2">
        {alerts.map(({ id, subject, at }) => (
          <li className="flex flex-wrap justify-between gap-x-4" key={id}>
            <span>{subject}</span>
            <Timestamp at={at} />
          </li>
        ))}
      </ul>
    </Card>
  );
}
