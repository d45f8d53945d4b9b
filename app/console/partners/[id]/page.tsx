import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { again } from "@/app/console/partners/actions";
import { requireOperator } from "@/app/session";
import { ActionForm } from "@/app/ui/action-form";
import { Pager } from "@/app/ui/pager";
import { Badge, Empty } from "@/app/ui/surface";
import { Cell, Row, Table } from "@/app/ui/table";
import { When } from "@/app/ui/when";
import { AppError } from "@/lib/errors";
import { listDeliveries } from "@/lib/partners/deliveries";

export const metadata: Metadata = { title: "Deliveries" };

type Props = { params: Promise<{ id: string }>; searchParams: Promise<{ cursor?: string }> };

export default async function DeliveriesPage({ params, searchParams }: Props) {
  const [{ id }, { cursor }] = [await params, await searchParams];
  const operator = await requireOperator(`/console/partners/${id}`);
  const { items, nextCursor } = await listDeliveries(operator.id, id, { limit: 50, cursor }).catch((error) =>
    error instanceof AppError ? notFound() : Promise.reject(error),
  );
  return (
    <div className="grid gap-6">
      <h1>Deliveries</h1>
      {items.length === 0 ? (
        <Empty title="Nothing has been delivered yet." />
      ) : (
        <Table caption="Deliveries, newest first" head={["Event", "State", "Tries", "Begun (UTC)", "Ended (UTC)", ""]}>
          {items.map((delivery) => (
            <Row key={delivery.id}>
              <Cell>{delivery.event}</Cell>
              <Cell>
                <Badge tone={delivery.status === "delivered" ? "good" : delivery.status === "pending" ? "warn" : "bad"}>
                  {delivery.status}
                </Badge>
              </Cell>
              <Cell className="tabular-nums">{delivery.attempts}</Cell>
              <Cell>
                <When at={delivery.createdAt} />
              </Cell>
              <Cell>
                <When at={delivery.endedAt} />
              </Cell>
              <Cell>
                {delivery.status === "pending" ? null : (
                  <ActionForm action={again} kind="quiet" submit="Send it again">
                    <input name="id" type="hidden" value={delivery.id} />
                    <input name="endpointId" type="hidden" value={id} />
                  </ActionForm>
                )}
              </Cell>
            </Row>
          ))}
        </Table>
      )}
      <Pager nextCursor={nextCursor} />
    </div>
  );
}
