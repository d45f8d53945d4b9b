import { z } from "zod";
import type { DeliveryStatus } from "@/prisma/generated/enums";
import { DeliveryStatus as STATUSES } from "@/prisma/generated/enums";
import { db, Prisma, transaction } from "../db";
import { conflict, notFound } from "../errors";
import { announce, enqueue } from "../outbox";
import { type Page, pageOf, readCursor } from "../pagination";
import { plainText } from "../text";
import { getEndpoint } from "./endpoints";
import { callEvent } from "./plan-deliveries";

export interface Delivery {
  id: string;
  event: string;
  status: DeliveryStatus;
  attempts: number;
  createdAt: Date;
  endedAt: Date | null;
}

/** A delivery with what was sent and every call that was made. */
export interface DeliveryDetails extends Delivery {
  body: unknown;
  log: { attempt: number; at: Date; status: number | null; detail: string; durationMs: number }[];
}

export const deliveryListSchema = z.strictObject({
  status: z.enum(STATUSES).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
  cursor: z.string().max(500).optional(),
});

const COLUMNS = Prisma.sql`d.id, d.event, d.status, d.attempts, d.created_at AS "createdAt", d.ended_at AS "endedAt"`;
const cursorSchema = z.tuple([z.iso.datetime(), plainText(100)]);

/** What was sent to an endpoint, newest first. @throws AppError `not_found` (404) */
export async function listDeliveries(
  userId: string,
  endpointId: string,
  { status, limit, cursor }: z.output<typeof deliveryListSchema>,
): Promise<Page<Delivery>> {
  await getEndpoint(userId, endpointId);
  const [before, id] = cursor === undefined ? ["9999-12-31T00:00:00Z", ""] : readCursor(cursor, cursorSchema);
  const rows = await db().$queryRaw<Delivery[]>`
    SELECT ${COLUMNS} FROM webhook_deliveries d
    WHERE d.endpoint_id = ${endpointId} AND (d.created_at, d.id) < (${new Date(before)}, ${id})
      AND (${status ?? null}::text IS NULL OR d.status = ${status ?? null}::delivery_status)
    ORDER BY d.created_at DESC, d.id DESC LIMIT ${limit + 1}`;
  return pageOf(
    rows,
    limit,
    (row) => row,
    (row) => [row.createdAt.toISOString(), row.id],
  );
}

/** @throws AppError `not_found` (404) */
export async function getDelivery(userId: string, endpointId: string, id: string): Promise<DeliveryDetails> {
  const [row] = await db().$queryRaw<(Delivery & { body: string })[]>`
    SELECT ${COLUMNS}, d.body FROM webhook_deliveries d JOIN webhook_endpoints e ON e.id = d.endpoint_id
    WHERE d.id = ${id} AND e.id = ${endpointId} AND e.user_id = ${userId}`;
  if (!row) throw notFound("delivery");
  const log = await db().$queryRaw<DeliveryDetails["log"]>`
    SELECT attempt, at, status, detail, duration_ms AS "durationMs" FROM webhook_attempts WHERE delivery_id = ${id} ORDER BY attempt`;
  return { ...row, body: JSON.parse(row.body), log };
}

/**
 * Sends a delivery that has ended once more: the same id, the same bytes, so that a receiver who has it can tell.
 * @throws AppError `not_found` (404), `delivery_under_way` (409)
 */
export async function redeliver(userId: string, endpointId: string, id: string): Promise<DeliveryDetails> {
  await getDelivery(userId, endpointId, id);
  const events = await transaction(async (tx) => {
    const [ended] = await tx.$queryRaw<{ round: number }[]>`
      UPDATE webhook_deliveries SET status = 'pending', ended_at = NULL, round = round + 1
      WHERE id = ${id} AND status <> 'pending' RETURNING round`;
    if (!ended) throw conflict("delivery_under_way", "This delivery is still being tried.");
    const event = callEvent(id, userId, ended.round);
    await enqueue(tx, [event]);
    return [event];
  });
  await announce(events);
  return getDelivery(userId, endpointId, id);
}
