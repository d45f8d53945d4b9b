import { consolePage } from "@/app/console/console-page";
import { Card, Figures, Message, PageContent, Progress, StatusBadge } from "@/app/ui/display";
import { Pager, Table } from "@/app/ui/list";
import { LiveConsole } from "@/app/ui/live-progress";
import { Refresher } from "@/app/ui/refresher";
import { viewImport } from "@/lib/imports/view-import";

export const metadata = { title: "Import" };

const ENDED = ["done", "failed", "manual", "dismissed"];

export default consolePage<"cursor", "id">(async ({ id, cursor }) => {
  const { type, url, status, counts, bytes, problem, errors } = await viewImport(id, { limit: 100, cursor });
  return (
    <PageContent
      trail={[{ href: "/console/imports", label: "Imports" }]}
      title={`Import of ${type}`}
      beside={<StatusBadge status={status} />}
      className="max-w-4xl"
    >
      {ENDED.includes(status) ? null : <LiveConsole poller={<Refresher />} topic="imports" />}
      <p className="break-all text-muted">{url}</p>
      {problem ? (
        <Message title={problem.message} tone={ENDED.includes(status) ? "bad" : "warn"}>
          {problem.line === undefined ? null : `Line ${problem.line}`}
        </Message>
      ) : null}
      <Card className="grid gap-4">
        <Progress
          label="Fetched (bytes)"
          max={bytes.length ?? (status === "fetching" ? undefined : bytes.fetched)}
          value={bytes.fetched}
        />
        <Progress label="Applied (bytes)" max={bytes.length ?? bytes.fetched} value={bytes.applied} />
        <Figures figures={counts} />
      </Card>
      <Table
        title="Rejected rows"
        columns={(column) => [
          column("Line", ({ line }) => `Line ${line}`),
          column("Column", ({ column }) => column),
          column("Error", ({ message }) => message),
        ]}
        rows={errors.items}
      />
      <Pager nextCursor={errors.nextCursor} />
    </PageContent>
  );
});
