import type { Metadata } from "next";
import Link from "next/link";
import { requireOperator } from "@/app/session";
import { Pager } from "@/app/ui/pager";
import { Card, Empty } from "@/app/ui/surface";
import { Cell, Row, Table } from "@/app/ui/table";
import { When } from "@/app/ui/when";
import { listBroadcasts } from "@/lib/broadcasts/view-broadcast";
import { ComposeForm } from "./compose-form";

export const metadata: Metadata = { title: "Broadcasts" };

export default async function BroadcastsPage({ searchParams }: { searchParams: Promise<{ cursor?: string }> }) {
  await requireOperator("/console/broadcasts");
  const { cursor } = await searchParams;
  const { items, nextCursor } = await listBroadcasts({ limit: 20, cursor });
  return (
    <div className="grid gap-6">
      <h1>Broadcasts</h1>
      <Card>
        <h2 className="mb-4">Write a new one</h2>
        <ComposeForm />
      </Card>
      {items.length === 0 ? (
        <Empty title="Nothing has been sent yet." />
      ) : (
        <Table caption="Broadcasts, newest first" head={["Title", "Written", "State"]}>
          {items.map(({ id, title, createdAt, plannedAt, stoppedAt }) => (
            <Row key={id}>
              <Cell>
                <Link className="text-accent underline" href={`/console/broadcasts/${id}`}>
                  {title}
                </Link>
              </Cell>
              <Cell>
                <When at={createdAt} />
              </Cell>
              <Cell>{stoppedAt ? "stopped" : plannedAt ? "sent or sending" : "planning"}</Cell>
            </Row>
          ))}
        </Table>
      )}
      <Pager nextCursor={nextCursor} />
    </div>
  );
}
