import { randomUUID } from "node:crypto";
import { DisclosedForm } from "@/app/ui/disclosed-form";
import { Card, Empty, PageContent, StatusBadge } from "@/app/ui/display";
import { TextLink } from "@/app/ui/link";
import { Table } from "@/app/ui/list";
import { Pager } from "@/app/ui/list-links";
import { LiveConsole } from "@/app/ui/live-progress";
import { Timestamp } from "@/app/ui/timestamp";
import { FIELDS } from "@/lib/broadcasts/fields";
import { countBroadcasts, listBroadcasts } from "@/lib/broadcasts/view-broadcasts";
import { storeEnv } from "@/lib/env";
import { consolePage } from "../console-page";
import { stop } from "./actions";
import { ComposeForm } from "./compose-form";
import { startText } from "./start-text";

export const metadata = { title: "Broadcasts" };

type Row = Awaited<ReturnType<typeof listBroadcasts>>["items"][number];

export default consolePage<"cursor">(async ({ cursor }) => {
  const [{ items, nextCursor }, rows] = await Promise.all([listBroadcasts({ limit: 20, cursor }), countBroadcasts()]);
  return (
    <PageContent title="Broadcasts">
      <LiveConsole topic="broadcasts" />
      <Card title="New broadcast">
        <ComposeForm draftKey={randomUUID()} fields={FIELDS} zone={storeEnv().STORE_TIME_ZONE} />
      </Card>
      <Table
        title="Previous"
        caption="Broadcasts, newest first"
        columns={(column) => [
          column("Title", ({ id, title }) => <TextLink href={`/console/broadcasts/${id}`}>{title}</TextLink>),
          column("Status", Status),
          column("Recipients", ({ status, counts }) => (status === "scheduled" ? "—" : count(counts.recipients))),
          column("Sent", ({ counts }) => count(counts.sent)),
          column("Failed", ({ counts }) => count(counts.failed)),
          column("Unsubscribed before", ({ counts }) => count(counts.unsubscribed)),
          column("Created", ({ createdAt }) => <Timestamp at={createdAt} />),
        ]}
        rowKey={({ id }) => id}
        rows={items}
        empty={<Empty title="No broadcasts yet">Write a broadcast above. Its progress appears here.</Empty>}
      />
      <Pager nextCursor={nextCursor} rows={rows} shown={items.length} />
    </PageContent>
  );
});

const count = (number: number) => number.toLocaleString("en");

function Status({ id, title, status, scheduledAt }: Row) {
  return (
    <div className="grid justify-items-start gap-2 max-sm:justify-items-end">
      <StatusBadge status={status} />
      {status === "scheduled" && scheduledAt ? (
        <>
          <span className="text-muted">{startText(scheduledAt)}</span>
          <DisclosedForm
            action={stop}
            hidden={{ id }}
            label="Cancel"
            question={`Nobody gets “${title}”.`}
            submit="Yes, cancel it"
            tone="bad"
          />
        </>
      ) : null}
    </div>
  );
}
