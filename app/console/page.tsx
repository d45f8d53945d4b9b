import { BarsChart } from "@/app/ui/charts";
import { Card, PageContent } from "@/app/ui/display";
import { shortDay } from "@/app/ui/format-time";
import { LiveConsole } from "@/app/ui/live-progress";
import { now } from "@/lib/clock";
import { listInvariants } from "@/lib/console/invariants";
import { listCronStatuses, listStuckOrders, listSweeps, readOverview, readRevenue } from "@/lib/console/overview";
import { checkHealth } from "@/lib/health/check-health";
import { consolePage } from "./console-page";
import { Alerts, Invariants, Services } from "./overview/health";
import { KeyFigures, OrdersByStatus, StuckOrders } from "./overview/orders";
import { ScheduledFunctions, Sweeps } from "./overview/schedules";

/** The overview reads many tables. */
const OVERVIEW_REFRESH_MS = 5_000;

export default consolePage(async () => {
  const [overview, revenue, stuck, invariants, crons, sweeps, health] = await Promise.all([
    readOverview(),
    readRevenue(14),
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
      <KeyFigures at={at} revenue={revenue} stuck={stuck.count} unsent={overview.unsent} />
      <div className="grid items-start gap-6 xl:grid-cols-2 *:min-w-0">
        <StuckOrders at={at} {...stuck} />
        <Alerts alerts={overview.alerts} />
      </div>
      {revenue.map(({ currency, days }) => (
        <Card key={currency} title={`Net revenue in ${currency}, the last two weeks`}>
          <BarsChart
            points={days.map(({ date, net }) => ({ label: shortDay(date), value: net }))}
            title="Net revenue by day"
            unit={{ currency }}
          />
        </Card>
      ))}
      <div className="grid items-start gap-6 xl:grid-cols-2 *:min-w-0">
        <Invariants invariants={invariants} />
        <Services health={health} />
      </div>
      <div className="grid items-start gap-6 *:min-w-0 2xl:grid-cols-[1fr_2fr]">
        <OrdersByStatus {...overview} />
        <ScheduledFunctions at={at} crons={crons} />
      </div>
      <Sweeps sweeps={sweeps} />
    </PageContent>
  );
});
