import { randomUUID } from "node:crypto";
import { Card, Empty, PageContent, StatusBadge } from "@/app/ui/display";
import { TextLink } from "@/app/ui/link";
import { Pager, Table } from "@/app/ui/list";
import { LiveConsole } from "@/app/ui/live-progress";
import { Timestamp } from "@/app/ui/timestamp";
import { listBroadcasts } from "@/lib/broadcasts/broadcasts";
import { consolePage } from "../console-page";
import { ComposeForm } from "./compose-form";

export const metadata = { title: "Broadcasts" };

export default consolePage<"cursor">(async ({ cursor }) => {
  const { items, nextCursor } = await listBroadcasts({ limit: 20, cursor });
  return (
    <PageContent title="Broadcasts">
      <LiveConsole topic="broadcasts" />
      <Card title="New broadcast">
        <ComposeForm draftKey={randomUUID()} />
      </Card>
      <Table
        title="Previous"
        caption="Broadcasts, newest first"
        columns={(column) => [
          column("Title", ({ id, title }) => <TextLink href={`/console/broadcasts/${id}`}>{title}</TextLink>),
          column("Status", ({ status }) => <StatusBadge status={status} />),
          column("Created", ({ createdAt }) => <Timestamp at={createdAt} />),
        ]}
        rows={items}
        empty={<Empty title="No broadcasts yet">Write a broadcast above. Its progress appears here.</Empty>}
      />
      <Pager nextCursor={nextCursor} />
    </PageContent>
  );
});
