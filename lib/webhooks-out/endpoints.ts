import { z } from "zod";
import { now } from "../clock";
import { db, Prisma, transaction } from "../db";
import { conflict, notFound } from "../errors";
import { checkTarget } from "../http/private-network-guard";
import { newSigningSecret } from "../http/signature";
import { newId } from "../ids";
import { WEBHOOK_EVENT_TYPES, type WebhookEventType } from "./webhook-event";

const NAMES = Object.keys(WEBHOOK_EVENT_TYPES) as [WebhookEventType, ...WebhookEventType[]];
const url = z.url("must be an address").max(2_000);
const events = z
  .array(z.enum(NAMES))
  .min(1, "must name at least one event")
  .transform((names) => [...new Set(names)]);

/** The body of `POST /api/account/webhooks`. */
export const newEndpointSchema = z.strictObject({ url, events });

/** The body of `PATCH /api/account/webhooks/{id}`. */
export const endpointChangeSchema = z.strictObject({ url, events, enabled: z.boolean() }).partial();

export interface Endpoint {
  id: string;
  url: string;
  events: WebhookEventType[];
  enabled: boolean;
  /** Why it was switched off, if not by its owner: `gone` when it answered 410. */
  disabledFor: string | null;
  /** Failed calls in a row; until when it is left alone because of them. */
  failures: number;
  openUntil: Date | null;
  /** Until when secrets that were replaced sign as well. */
  oldSecretsUntil: Date | null;
  createdAt: Date;
}

export const ENDPOINT_COLUMNS = Prisma.sql`id, url, events, enabled, disabled_for AS "disabledFor", failures, open_until AS "openUntil",
  old_secrets_until AS "oldSecretsUntil", created_at AS "createdAt"`;

/** More than a partner has systems. */
const MAX_PER_USER = 10;

/**
 * Has the shop's events sent to an address. The secret that they are signed with is told this once.
 * @throws AppError `address_refused`, `address_not_public` (422), `too_many_webhooks` (409)
 */
export async function createEndpoint(
  userId: string,
  { url, events }: z.output<typeof newEndpointSchema>,
): Promise<Endpoint & { secret: string }> {
  checkTarget(new URL(url));
  const secret = newSigningSecret();
  return transaction(async (tx) => {
    await tx.$executeRaw`SELECT 1 FROM users WHERE id = ${userId} FOR UPDATE`;
    const [row] = await tx.$queryRaw<
      { count: number }[]
    >`SELECT count(*)::int AS count FROM webhook_endpoints WHERE user_id = ${userId}`;
    if ((row?.count ?? 0) >= MAX_PER_USER)
      throw conflict("too_many_webhooks", `An account may have at most ${MAX_PER_USER} webhooks.`);
    const [endpoint] = await tx.$queryRaw<Endpoint[]>`
      INSERT INTO webhook_endpoints (id, user_id, url, secret, events, created_at)
      VALUES (${newId("whk")}, ${userId}, ${url}, ${secret}, ${events}, ${now()}) RETURNING ${ENDPOINT_COLUMNS}`;
    if (!endpoint) throw new Error("The webhook was not written.");
    return { ...endpoint, secret };
  });
}

export async function listEndpoints(userId: string): Promise<{ items: Endpoint[]; nextCursor: null }> {
  const items = await db().$queryRaw<Endpoint[]>`
    SELECT ${ENDPOINT_COLUMNS} FROM webhook_endpoints WHERE user_id = ${userId} ORDER BY created_at, id`;
  return { items, nextCursor: null };
}

/** @throws AppError `not_found` (404), also for somebody else's */
export async function getEndpoint(userId: string, id: string): Promise<Endpoint> {
  const [endpoint] = await db().$queryRaw<Endpoint[]>`
    SELECT ${ENDPOINT_COLUMNS} FROM webhook_endpoints WHERE id = ${id} AND user_id = ${userId}`;
  if (!endpoint) throw notFound("webhook");
  return endpoint;
}

/**
 * Changes what is named. Switching it on, or another address, starts with a clean slate: the circuit is closed.
 * @throws AppError `not_found` (404), `address_refused`, `address_not_public` (422)
 */
export async function changeEndpoint(
  userId: string,
  id: string,
  { url, events, enabled }: z.output<typeof endpointChangeSchema>,
): Promise<Endpoint> {
  if (url !== undefined) checkTarget(new URL(url));
  const anew = enabled === true || url !== undefined;
  const [endpoint] = await db().$queryRaw<Endpoint[]>`
    UPDATE webhook_endpoints SET url = coalesce(${url ?? null}, url), events = coalesce(${events ?? null}::text[], events),
      enabled = coalesce(${enabled ?? null}::boolean, enabled), disabled_for = CASE WHEN ${anew} THEN NULL ELSE disabled_for END,
      failures = CASE WHEN ${anew} THEN 0 ELSE failures END, open_until = CASE WHEN ${anew} THEN NULL ELSE open_until END,
      probe_until = CASE WHEN ${anew} THEN NULL ELSE probe_until END
    WHERE id = ${id} AND user_id = ${userId} RETURNING ${ENDPOINT_COLUMNS}`;
  if (!endpoint) throw notFound("webhook");
  return endpoint;
}

/** Its deliveries and their log go with it. @throws AppError `not_found` (404) */
export async function deleteEndpoint(userId: string, id: string): Promise<void> {
  const deleted = await db().$executeRaw`DELETE FROM webhook_endpoints WHERE id = ${id} AND user_id = ${userId}`;
  if (deleted === 0) throw notFound("webhook");
}
