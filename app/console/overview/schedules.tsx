import { formatDuration } from "@/app/ui/format-time";
import { Badge, Titled } from "@/app/ui/surface";
import { Table } from "@/app/ui/table";
import { Timestamp } from "@/app/ui/timestamp";
import type { CronStatus } from "@/lib/console/heartbeats";
import type { SweepStatus } from "@/lib/console/sweeps";

/** The scheduled functions, with their last and their next run. */
export function ScheduledFunctions({ crons, at }: { crons: CronStatus[]; at: Date }) {
  return (
    <Titled title="Scheduled functions">
      <Table
        caption="Scheduled functions"
        columns={[
          { head: "Function", cell: ({ name }) => name, className: "font-medium" },
          {
            head: "Status",
            cell: ({ late, lastRun }) => (
              <Badge tone={late ? "bad" : lastRun ? "good" : "neutral"}>
                {late ? "✗ late" : lastRun ? "✓ on time" : "not run yet"}
              </Badge>
            ),
          },
          { head: "Last run (UTC)", cell: ({ lastRun }) => <Timestamp at={lastRun} /> },
          {
            head: "Next run",
            cell: ({ late, lastRun, dueBy }) =>
              late && dueBy ? (
                <span className="text-bad">was due {formatDuration(at.getTime() - dueBy.getTime())} ago</span>
              ) : (
                nextRun(lastRun, dueBy, at)
              ),
          },
          { head: "Maximum interval", cell: ({ intervalMs }) => formatDuration(intervalMs) },
        ]}
        keyOf={({ name }) => name}
        rows={crons}
      />
    </Titled>
  );
}

function nextRun(lastRun: Date | null, dueBy: Date | null, at: Date): string {
  if (!dueBy) return "waiting for the first run";
  const remaining = dueBy.getTime() - at.getTime();
  if (remaining <= 0) return "due now";
  return `${lastRun ? "next" : "first"} within ${formatDuration(remaining + 1_000)}`;
}

/** The sweeps of the reconciler, with their last run, their repairs and their errors. */
export function Sweeps({ sweeps }: { sweeps: SweepStatus[] }) {
  return (
    <Titled title="Sweeps">
      <Table
        caption="Sweeps"
        columns={[
          {
            head: "Sweep",
            cell: ({ name, description }) => <span title={description}>{name}</span>,
            className: "font-medium",
          },
          {
            head: "Status",
            cell: ({ failing, lastRunAt }) => (
              <Badge tone={failing > 0 ? "bad" : lastRunAt ? "good" : "neutral"}>
                {failing > 0 ? `✗ ${failing} failing` : lastRunAt ? "✓ OK" : "not run yet"}
              </Badge>
            ),
          },
          { head: "Last run (UTC)", cell: ({ lastRunAt }) => <Timestamp at={lastRunAt} /> },
          {
            head: "Last found",
            cell: ({ lastFound }) =>
              lastFound ? (
                <>
                  {lastFound.found} found, {lastFound.repaired} repaired, <Timestamp at={lastFound.at} />
                </>
              ) : (
                "nothing yet"
              ),
          },
          { head: "Last error", cell: ({ lastError }) => lastError ?? "", className: "break-words max-w-80" },
          { head: "Every", cell: ({ every }) => formatDuration(every) },
        ]}
        keyOf={({ name }) => name}
        rows={sweeps}
      />
    </Titled>
  );
}
