import { randomUUID } from "node:crypto";
import type { PageQuery } from "@/app/page-props";
import { requireOperator } from "@/app/session";
import { TextLink } from "@/app/ui/link";
import { Pager } from "@/app/ui/pager";
import { StatusBadge } from "@/app/ui/status-badge";
import { Card, Empty } from "@/app/ui/surface";
import { Table } from "@/app/ui/table";
import { Timestamp } from "@/app/ui/timestamp";
import { listBroadcasts } from "@/lib/broadcasts/broadcasts";
import { ComposeForm } from "./compose-form";

export const metadata = { title: "Broadcasts" };

export default async function BroadcastsPage({ searchParams }: PageQuery<"cursor">) {
  await requireOperator();
  const { cursor } = await searchParams;
  const { items, nextCursor } = await listBroadcasts({ limit: 20, cursor });
  return (
    <div className="grid gap-6">
      <h1>Broadcasts</h1>
      <Card>
        <h2 className="mb-4">New broadcast</h2>
        <ComposeForm draftKey={randomUUID()} />
      </Card>
      {items.length === 0 ? (
        <Empty title="No broadcasts yet">Write a broadcast above. Its progress appears here.</Empty>
      ) : (
        <Table
          title="Previous"
          caption="Broadcasts, newest first"
          columns={(column) => [
            column("Title", ({ id, title }) => <TextLink href={`/console/broadcasts/${id}`}>{title}</TextLink>),
            column("Status", ({ status }) => <StatusBadge status={status} />),
            column("Created (UTC)", ({ createdAt }) => <Timestamp at={createdAt} />),
          ]}
          keyOf={({ id }) => id}
          rows={items}
        />
      )}
      <Pager nextCursor={nextCursor} />
    </div>
  );
}
