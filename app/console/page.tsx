import Link from "next/link";
import type { ReactNode } from "react";
import { requireOperator } from "@/app/session";
import { TrendChart } from "@/app/ui/charts";
import { Badge, Card } from "@/app/ui/surface";
import { readOverview } from "@/lib/console/overview";
import { checkHealth } from "@/lib/health";
import { findViolations, INVARIANTS } from "@/lib/invariants";
import { formatMoney } from "@/lib/money";

export default async function OverviewPage() {
  await requireOperator("/console");
  const [overview, violations, health] = await Promise.all([readOverview(), findViolations(), checkHealth()]);
  return (
    <div className="grid gap-6">
      <h1>Overview</h1>
      <div className="grid grid-cols-2 gap-4 lg:grid-cols-4">
        <Figure label="Paid today" value={formatMoney(overview.today.revenue)} />
        <Figure label="Payments today" value={String(overview.today.orders)} />
        <Figure
          label="Orders past their deadline"
          tone={overview.overdue > 0 ? "bad" : "good"}
          value={String(overview.overdue)}
        />
        <Figure
          label="Oldest unsent event"
          tone={(overview.outboxAge ?? 0) > 180 ? "bad" : "good"}
          value={overview.outboxAge === null ? "none" : `${overview.outboxAge} s`}
        />
      </div>

      <Card>
        <h2 className="mb-4">Revenue, the last two weeks</h2>
        <TrendChart
          points={overview.revenue.map(({ day, amount }) => ({ label: day.slice(5), value: amount }))}
          title="Revenue"
          unit={{ currency: overview.currency }}
        />
      </Card>

      <div className="grid items-start gap-6 lg:grid-cols-2">
        <Card>
          <h2 className="mb-3">Promises</h2>
          <ul className="grid gap-3">
            {Object.entries(INVARIANTS).map(([id, promise]) => {
              const broken = violations.filter(({ invariant }) => invariant === id);
              return (
                <State
                  detail={broken.map(({ what, id: row }) => `${what}: ${row}`)}
                  good={broken.length === 0}
                  key={id}
                >
                  {promise}
                </State>
              );
            })}
          </ul>
        </Card>
        <Card>
          <h2 className="mb-3">Health</h2>
          <ul className="grid gap-3">
            {Object.entries(health.checks).map(([name, check]) => (
              <State detail={check.detail ? [check.detail] : []} good={check.status === "ok"} key={name}>
                {name}
              </State>
            ))}
          </ul>
        </Card>
        <Card>
          <h2 className="mb-3">Orders</h2>
          <ul className="grid gap-2">
            {overview.ordersByStatus.map(({ status, count }) => (
              <li className="flex justify-between" key={status}>
                <Link className="text-accent underline" href={`/console/orders?status=${status}`}>
                  {status.replaceAll("_", " ")}
                </Link>
                <span className="tabular-nums">{count}</span>
              </li>
            ))}
            {overview.ordersByStatus.length === 0 ? <li className="text-muted">No order yet.</li> : null}
          </ul>
        </Card>
        <Card>
          <h2 className="mb-3">Alerts</h2>
          <ul className="grid gap-2">
            {overview.alerts.map(({ id, subject, at }) => (
              <li key={id}>
                <p>{subject}</p>
                <time className="text-muted text-sm" dateTime={at.toISOString()}>
                  {at.toUTCString()}
                </time>
              </li>
            ))}
            {overview.alerts.length === 0 ? <li className="text-muted">Nothing needs a person.</li> : null}
          </ul>
        </Card>
      </div>
    </div>
  );
}

function Figure({ label, value, tone }: { label: string; value: string; tone?: "good" | "bad" }) {
  const colour = tone === "bad" ? "text-bad" : "text-ink";
  return (
    <Card>
      <p className="text-muted text-sm">{label}</p>
      <p className={`mt-1 font-semibold text-2xl tabular-nums ${colour}`}>{value}</p>
    </Card>
  );
}

function State({ good, detail, children }: { good: boolean; detail: string[]; children: ReactNode }) {
  return (
    <li className="grid gap-1">
      <div className="flex items-start gap-3">
        <Badge tone={good ? "good" : "bad"}>{good ? "OK" : "Broken"}</Badge>
        <span>{children}</span>
      </div>
      {detail.map((line) => (
        <p className="text-bad text-sm" key={line}>
          {line}
        </p>
      ))}
    </li>
  );
}
