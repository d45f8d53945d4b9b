import { Empty, PageContent } from "@/app/ui/display";
import { Table } from "@/app/ui/list";
import { Pager } from "@/app/ui/list-links";
import { Timestamp } from "@/app/ui/timestamp";
import { countFailedRuns, failedRunQuerySchema, listFailedRuns } from "@/lib/failed-runs";
import { consolePage } from "../console-page";

export const metadata = { title: "Failed" };

export default consolePage<"cursor">(async ({ cursor }) => {
  const [{ items, nextCursor }, rows] = await Promise.all([
    listFailedRuns(failedRunQuerySchema.parse({ cursor: cursor || undefined })),
    countFailedRuns(),
  ]);
  return (
    <PageContent title="Failed">
      <p className="text-muted">
        Events that were refused because of wrong data, and runs whose retries are used up. A corrected event can be
        sent again.
      </p>
      <Table
        caption="Failed runs, newest first"
        columns={(column) => [
          column("Event", ({ eventName, eventId }) => (
            <>
              {eventName}
              <span className="block font-mono font-normal text-muted text-xs wrap-anywhere">{eventId}</span>
            </>
          )),
          column("Wrong fields", ({ fields }) => (fields.length > 0 ? fields.join(", ") : "–")),
          column("Error", ({ error }) => <span className="wrap-anywhere">{error}</span>),
          column("Function", ({ function: id, runUrl }) => (
            <a className="inline-flex min-h-11 items-center text-accent underline" href={runUrl}>
              {id}
            </a>
          )),
          column("Failed", ({ createdAt }) => <Timestamp at={createdAt} />),
        ]}
        rows={items}
        empty={<Empty title="Nothing has failed">Refused events and failed runs appear here.</Empty>}
      />
      <Pager nextCursor={nextCursor} rows={rows} shown={items.length} />
    </PageContent>
  );
});
