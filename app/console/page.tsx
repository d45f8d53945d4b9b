import { PageContent } from "@/app/ui/display";
import { LiveConsole } from "@/app/ui/live-progress";
import { now } from "@/lib/clock";
import { listInvariants } from "@/lib/console/invariants";
import { listCronStatuses, listStuckOrders, listSweeps, readOverview } from "@/lib/console/overview";
import { checkHealth } from "@/lib/health/check-health";
import { listOrders } from "@/lib/orders/list-orders";
import { readFigures, readRange } from "@/lib/reports/sales-range";
import { attentionCounts } from "./attention-counts";
import { consolePage } from "./console-page";
import { AttentionList } from "./overview/attention";
import { Alerts, Invariants, Services } from "./overview/health";
import { OrdersByStatus, ProcessingFigures, StuckOrders } from "./overview/orders";
import { Sales } from "./overview/sales";
import { ScheduledFunctions, Sweeps } from "./overview/schedules";

/** The overview reads many tables. */
const OVERVIEW_REFRESH_MS = 5_000;
/** So many held orders can be released from the overview. The list has all. */
const HELD_ORDERS = 5;

export default consolePage<"range" | "from" | "to">(async (query) => {
  const range = readRange(query);
  const [attention, held, overview, figures, stuck, invariants, crons, sweeps, health] = await Promise.all([
    attentionCounts(),
    listOrders({ review: "held", limit: HELD_ORDERS }),
    readOverview(),
    readFigures(range),
    listStuckOrders(),
    listInvariants(),
    listCronStatuses(),
    listSweeps(),
    checkHealth(),
  ]);
  const at = now();
  return (
    <PageContent title="Overview">
      <LiveConsole intervalMs={OVERVIEW_REFRESH_MS} topic="health" />
      <AttentionList attention={attention} held={held.items} />
      <Alerts alerts={overview.alerts} />
      <Sales figures={figures} range={range} />
      <ProcessingFigures at={at} stuck={stuck.count} unsent={overview.unsent} />
      <div className="grid items-start gap-6 xl:grid-cols-2 *:min-w-0">
        <StuckOrders at={at} {...stuck} />
        <OrdersByStatus {...overview} />
      </div>
      <div className="grid items-start gap-6 xl:grid-cols-2 *:min-w-0">
        <Invariants invariants={invariants} />
        <Services health={health} />
      </div>
      <ScheduledFunctions at={at} crons={crons} />
      <Sweeps sweeps={sweeps} />
    </PageContent>
  );
});
