import { inWords } from "@/app/ui/duration";
import { Badge, Titled } from "@/app/ui/surface";
import { Table } from "@/app/ui/table";
import { Timestamp } from "@/app/ui/timestamp";
import type { CronStatus } from "@/lib/console/heartbeats";

/** The scheduled functions: when each ran last, and whether it still does. */
export function Schedule({ crons, at }: { crons: CronStatus[]; at: Date }) {
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
                <span className="text-bad">was due {inWords(at.getTime() - dueBy.getTime())} ago</span>
              ) : (
                next(lastRun, dueBy, at)
              ),
          },
          { head: "Maximum interval", cell: ({ intervalMs }) => inWords(intervalMs) },
        ]}
        keyOf={({ name }) => name}
        rows={crons}
      />
    </Titled>
  );
}

function next(lastRun: Date | null, dueBy: Date | null, at: Date): string {
  if (!dueBy) return "waiting for the first run";
  const left = dueBy.getTime() - at.getTime();
  if (left <= 0) return "due now";
  return `${lastRun ? "next" : "first"} within ${inWords(left + 1_000)}`;
}
