import { Badge } from "@/app/ui/display";
import { formatDuration } from "@/app/ui/format-time";
import { Table } from "@/app/ui/list";
import { Timestamp } from "@/app/ui/timestamp";
import type { listCronStatuses, listSweeps } from "@/lib/console/overview";

type Statuses<List extends () => Promise<unknown[]>> = Awaited<ReturnType<List>>;

/** The scheduled functions, with their last and their next run. */
export function ScheduledFunctions({ crons, at }: { crons: Statuses<typeof listCronStatuses>; at: Date }) {
  return (
    <Table
      title="Scheduled functions"
      columns={(column) => [
        column("Function", ({ name }) => name),
        column("Status", ({ late, lastRun }) => (
          <Badge tone={late ? "bad" : lastRun ? "good" : "neutral"}>
            {late ? "✗ Late" : lastRun ? "✓ On time" : "Not run yet"}
          </Badge>
        )),
        column("Last run", ({ lastRun }) => <Timestamp at={lastRun} />),
        column("Next run", ({ late, lastRun, dueBy }) =>
          late && dueBy ? (
            <span className="text-bad">was due {formatDuration(at.getTime() - dueBy.getTime())} ago</span>
          ) : (
            nextRun(lastRun, dueBy, at)
          ),
        ),
        column("Maximum interval", ({ intervalMs }) => formatDuration(intervalMs)),
      ]}
      rows={crons}
    />
  );
}

function nextRun(lastRun: Date | null, dueBy: Date | null, at: Date): string {
  if (!dueBy) return "waiting for the first run";
  const remaining = dueBy.getTime() - at.getTime();
  if (remaining <= 0) return "due now";
  return `${lastRun ? "next" : "first"} within ${formatDuration(remaining + 1_000)}`;
}

/** The sweeps of the reconciler, with their last run, their repairs and their errors. */
export function Sweeps({ sweeps }: { sweeps: Statuses<typeof listSweeps> }) {
  return (
    <Table
      title="Sweeps"
      columns={(column) => [
        column("Sweep", ({ name, description }) => (
          <>
            <span className="inline-block first-letter:uppercase">{name.replaceAll("-", " ")}</span>
            <span className="block font-normal text-muted text-sm">{description}</span>
          </>
        )),
        column("Status", ({ failing, lastRunAt }) => (
          <Badge tone={failing > 0 ? "bad" : lastRunAt ? "good" : "neutral"}>
            {failing > 0 ? `✗ ${failing} failing` : lastRunAt ? "✓ OK" : "Not run yet"}
          </Badge>
        )),
        column("Last run", ({ lastRunAt }) => <Timestamp at={lastRunAt} />),
        column("Last found", ({ lastFound }) =>
          lastFound ? (
            <>
              {lastFound.found} found, {lastFound.repaired} repaired, <Timestamp at={lastFound.at} />
            </>
          ) : (
            <span className="whitespace-nowrap">nothing yet</span>
          ),
        ),
        column("Last error", ({ lastError }) => lastError ?? <span className="text-muted">—</span>),
        column("Every", ({ intervalMs }) => <span className="whitespace-nowrap">{formatDuration(intervalMs)}</span>),
      ]}
      rows={sweeps}
    />
  );
}
