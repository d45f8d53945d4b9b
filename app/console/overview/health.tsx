import type { ReactNode } from "react";
import { ActionForm } from "@/app/ui/action-form";
import { Badge, Card } from "@/app/ui/display";
import { Link } from "@/app/ui/link";
import { Timestamp } from "@/app/ui/timestamp";
import type { InvariantResult } from "@/lib/console/invariants";
import type { Overview } from "@/lib/console/overview";
import type { CheckName, Health } from "@/lib/health/check-health";
import { checkNow, closeAlert } from "../actions";

/** The open alerts, each with a button. Without alerts it shows nothing. */
export function Alerts({ alerts }: Pick<Overview, "alerts">) {
  if (alerts.length === 0) return null;
  return (
    <Card id="alerts" title="Alerts">
      <ul className="grid gap-2">
        {alerts.map(({ id, subject, createdAt }) => (
          <li className="flex flex-wrap justify-between gap-x-4" key={id}>
            <span className="min-w-0">
              {subject} <Timestamp at={createdAt} />
            </span>
            <ActionForm action={closeAlert} hidden={{ id }} kind="quiet" submit="Resolve" />
          </li>
        ))}
      </ul>
    </Card>
  );
}

/** The text of each check that passes. */
const PASSED: Record<CheckName, string> = {
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
    <Card title="Health">
      <ul className="grid gap-3">
        {Object.entries(health.checks).map(([name, { status, detail }]) => (
          <StatusRow good={status === "ok"} key={name} details={detail}>
            {status === "ok" ? PASSED[name as CheckName] : name.charAt(0).toUpperCase() + name.slice(1)}
          </StatusRow>
        ))}
      </ul>
    </Card>
  );
}

/** The ids that are shown of each violation. */
const MAX_SHOWN = 5;

/** The results of the last check of each invariant. */
export function Invariants({ invariants }: { invariants: InvariantResult[] }) {
  const oldest = Math.min(...invariants.map(({ checkedAt }) => checkedAt?.getTime() ?? 0));
  return (
    <Card title="Invariants">
      <p className="text-muted text-sm">
        {oldest > 0 ? (
          <>
            Checked on all data at <Timestamp at={new Date(oldest)} />. A check runs every 15 minutes, in a large shop
            less often.
          </>
        ) : (
          "Not checked yet. A check runs every 15 minutes, in a large shop less often."
        )}
      </p>
      <ul className="grid gap-3">
        {invariants.map(({ id, description, checkedAt, violated }) => (
          <StatusRow
            good={violated.length > 0 ? false : checkedAt ? true : undefined}
            key={id}
            details={violated.length > 0 ? <Violations violated={violated} /> : null}
            status={violated.length > 0 ? "violated" : checkedAt ? "holds" : "not checked yet"}
          >
            {description} <span className="text-muted text-sm">{id}</span>
          </StatusRow>
        ))}
      </ul>
      <ActionForm action={checkNow} submit="Check now" />
    </Card>
  );
}

function Violations({ violated }: Pick<InvariantResult, "violated">) {
  return (
    <ul className="grid gap-1">
      {violated.map(({ violation, ids }) => (
        <li className="break-words" key={violation}>
          {violation}:{" "}
          {ids.slice(0, MAX_SHOWN).map((id, index) => (
            <span key={id}>
              {index > 0 ? ", " : ""}
              {id.startsWith("ord_") ? (
                <Link className="underline" href={`/console/orders/${id}`}>
                  {id}
                </Link>
              ) : (
                id
              )}
            </span>
          ))}
          {ids.length > MAX_SHOWN ? " and more" : ""}
        </li>
      ))}
    </ul>
  );
}

interface StatusRowProps {
  /** Undefined: it is not known yet. */
  good: boolean | undefined;
  status?: string;
  children: ReactNode;
  details?: ReactNode;
}

/** A list item that shows a status as sign, text and colour, with details below. */
function StatusRow({ good, status = good ? "OK" : "Failing", children, details }: StatusRowProps) {
  return (
    <li className="grid grid-cols-[auto_1fr] items-start gap-x-3 gap-y-1">
      <span>
        <Badge tone={good === undefined ? "neutral" : good ? "good" : "bad"}>
          {good === undefined ? null : (
            <span aria-hidden className="mr-1.5">
              {good ? "✓" : "✗"}
            </span>
          )}
          {status}
        </Badge>
      </span>
      <span className="min-w-0">{children}</span>
      {details ? (
        <div className={`col-span-2 min-w-0 text-sm ${good === false ? "text-bad" : "text-muted"}`}>{details}</div>
      ) : null}
    </li>
  );
}
