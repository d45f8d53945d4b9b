import { inWords } from "@/app/ui/duration";
import { Badge, Titled } from "@/app/ui/surface";
import { Table } from "@/app/ui/table";
import { Timestamp } from "@/app/ui/timestamp";
import type { SweepStatus } from "@/lib/console/sweeps";

/** The sweeps of the reconciler: when each ran, what it found and repaired, and what it cannot repair. */
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
          { head: "Every", cell: ({ every }) => inWords(every) },
        ]}
        keyOf={({ name }) => name}
        rows={sweeps}
      />
    </Titled>
  );
}
