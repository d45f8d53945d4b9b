import { formatDuration } from "@/app/ui/format-time";
import { Stat } from "@/app/ui/surface";
import type { Overview } from "@/lib/console/overview";
import type { RevenueByDay } from "@/lib/console/revenue";
import { MAX_OUTBOX_AGE_MS } from "@/lib/health/check-health";
import { formatMoney } from "@/lib/money";

interface Props {
  revenue: RevenueByDay[];
  stuck: number;
  unsent: Overview["unsent"];
  at: Date;
}

/** The figures of today, the stuck orders and the outbox. */
export function Figures({ revenue, stuck, unsent, at }: Props) {
  const today = revenue.map(({ currency, days }) => ({ currency, amount: days.at(-1)?.net ?? 0 }));
  const orders = revenue.reduce((sum, { days }) => sum + (days.at(-1)?.orders ?? 0), 0);
  const age = unsent.since ? at.getTime() - unsent.since.getTime() : 0;
  return (
    <div className="grid grid-cols-2 gap-4 xl:grid-cols-4">
      <Stat label="Net revenue today" value={today.map(formatMoney).join(" + ")} />
      <Stat label="Orders confirmed today" value={String(orders)} />
      <Stat
        label="Stuck orders"
        note={stuck > 0 ? "✗ listed below" : "✓ none"}
        value={String(stuck)}
        warn={stuck > 0}
      />
      <Stat
        label="Outbox age"
        note={
          unsent.count > 0
            ? `${age > MAX_OUTBOX_AGE_MS ? "✗" : "✓"} ${unsent.count} not sent yet`
            : "✓ every event is sent"
        }
        value={unsent.since ? formatDuration(age) : "0"}
        warn={age > MAX_OUTBOX_AGE_MS}
      />
    </div>
  );
}
