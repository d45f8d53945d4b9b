import { ActionForm } from "@/app/ui/action-form";
import { Card, Empty, PageContent, StatusBadge } from "@/app/ui/display";
import { Table } from "@/app/ui/list";
import { Pager } from "@/app/ui/list-links";
import { LiveConsole } from "@/app/ui/live-progress";
import { Refresher } from "@/app/ui/refresher";
import { Timestamp } from "@/app/ui/timestamp";
import { inWords } from "@/lib/in-words";
import { countJobs, listJobs } from "@/lib/jobs/jobs";
import { startJob } from "../actions";
import { consolePage } from "../console-page";

export const metadata = { title: "Jobs" };

const ACTIVE = ["queued", "running"];

export default consolePage<"cursor">(async ({ cursor }) => {
  const [{ items, nextCursor }, rows] = await Promise.all([listJobs({ limit: 20, cursor }), countJobs()]);
  const active = items.some(({ status }) => ACTIVE.includes(status));
  return (
    <PageContent title="Jobs">
      <LiveConsole poller={active ? <Refresher /> : null} topic="jobs" />
      <Card title="Customer value" className="max-w-2xl">
        <p className="text-muted">
          Computes the value of each customer and the retention of each cohort, over all orders.
        </p>
        <ActionForm action={startJob} submit="Start job" />
      </Card>
      <Table
        title="Previous"
        caption="Jobs, newest first"
        columns={(column) => [
          column("Job", ({ kind }) => inWords(kind)),
          column("Status", ({ status }) => <StatusBadge status={status} />),
          column("Orders", ({ progress }) => `${progress.processed} of ${progress.total}`),
          column("Error", ({ error }) => error ?? ""),
          column("Started", ({ createdAt }) => <Timestamp at={createdAt} />),
        ]}
        rows={items}
        empty={<Empty title="No jobs yet">Start a job above. Its progress appears here.</Empty>}
      />
      <Pager nextCursor={nextCursor} rows={rows} shown={items.length} />
    </PageContent>
  );
});
