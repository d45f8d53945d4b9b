import { z } from "zod";
import { DeliveryStatus as STATUSES } from "@/prisma/generated/enums";
import { db } from "../db";
import { conflict, notFound } from "../errors";
import { withOutbox } from "../outbox";
import { countRows, newestFirst, newestFirstPage, pageQuery } from "../pagination";
import { selectOf, timeSchema } from "../view-schemas";
import { getEndpoint } from "./endpoints";
import { WEBHOOK_TYPES, type WebhookType } from "./events";
import { callEvent } from "./plan-deliveries";

export const deliveryViewSchema = z.strictObject({
  ...{ id: z.string(), event: z.enum(WEBHOOK_TYPES), status: z.enum(STATUSES), attempts: z.int() },
  ...{ createdAt: timeSchema, endedAt: timeSchema.nullable() },
});

const attemptSchema = z.strictObject({
  ...{ attempt: z.int(), at: timeSchema, status: z.int().nullable(), detail: z.string(), durationMs: z.int() },
});

/** A delivery with its payload and the log of its attempts. */
export const deliveryDetailsSchema = deliveryViewSchema.extend({ body: z.unknown(), log: z.array(attemptSchema) });

const DELIVERY_FIELDS = selectOf(deliveryViewSchema);

/** Only bodies of `webhookBody` are stored, with their type. */
const typed = <R extends { event: string }>(row: R) => ({ ...row, event: row.event as WebhookType });

export const deliveryListSchema = pageQuery(50).extend({ status: z.enum(STATUSES).optional() });

/** Returns a page of an endpoint's deliveries, newest first. @throws AppError `not_found` (404) */
export async function listDeliveries(userId: string, endpointId: string, query: z.output<typeof deliveryListSchema>) {
  await getEndpoint(userId, endpointId);
  const { where, ...page } = newestFirst(query);
  const rows = await db().webhookDelivery.findMany({
    where: { endpointId, status: query.status, ...where },
    ...page,
    select: DELIVERY_FIELDS,
  });
  return newestFirstPage(rows, query.limit, typed);
}

/** Returns the number of deliveries of an endpoint. */
export const countDeliveries = (userId: string, endpointId: string) =>
  countRows((limit) => db().webhookDelivery.count({ where: { endpointId, endpoint: { userId } }, ...limit }));

/** @throws AppError `not_found` (404) */
export async function getDelivery(userId: string, endpointId: string, id: string) {
  const delivery = await db().webhookDelivery.findUnique({
    where: { id, endpointId, endpoint: { userId } },
    select: { ...DELIVERY_FIELDS, body: true, log: { select: selectOf(attemptSchema), orderBy: { attempt: "asc" } } },
  });
  if (!delivery) throw notFound("delivery");
  const body: unknown = JSON.parse(delivery.body);
  return { ...typed(delivery), body };
}

/**
 * Sends a delivery that has ended again, with the same id and the same bytes, so a receiver recognizes a duplicate.
 * @throws AppError `not_found` (404), `delivery_under_way` (409)
 */
export async function redeliver(userId: string, endpointId: string, id: string) {
  await getDelivery(userId, endpointId, id);
  await withOutbox(async (tx, publish) => {
    const [restarted] = await tx.webhookDelivery.updateManyAndReturn({
      where: { id, status: { not: "pending" } },
      data: { status: "pending", endedAt: null, runNumber: { increment: 1 } },
      select: { runNumber: true },
    });
    if (!restarted) throw conflict("delivery_under_way", "This delivery is still being attempted.");
    publish(callEvent(id, userId, restarted.runNumber));
  });
  return getDelivery(userId, endpointId, id);
}
