import { z } from "zod";
import { now } from "../clock";
import { db, type Prisma, transaction } from "../db";
import { conflict, notFound } from "../errors";
import { checkTarget } from "../http/private-network-guard";
import { newSigningSecret } from "../http/signature";
import { newId } from "../ids";
import { timeSchema } from "../view-schemas";
import { WEBHOOK_EVENT_TYPES, type WebhookEventType } from "./webhook-event";

const EVENT_TYPES = Object.keys(WEBHOOK_EVENT_TYPES) as [WebhookEventType, ...WebhookEventType[]];
const url = z.url("must be an address").max(2_000);
const events = z
  .array(z.enum(EVENT_TYPES))
  .min(1, "must name at least one event")
  .transform((types) => [...new Set(types)]);

/** The body of `POST /api/account/webhooks`. */
export const newEndpointSchema = z.strictObject({ url, events });

/** The body of `PATCH /api/account/webhooks/{id}`. */
export const endpointChangeSchema = z.strictObject({ url, events, enabled: z.boolean() }).partial();

/** An endpoint as the API shows it, without its secrets. */
export const endpointViewSchema = z.strictObject({
  ...{ id: z.string(), url: z.url(), events: z.array(z.string()), enabled: z.boolean(), createdAt: timeSchema },
  disabledFor: z.string().nullable().describe("Why it was disabled, if not by its owner: gone."),
  failures: z.int().describe("Failed calls in a row"),
  openUntil: timeSchema.nullable().describe("The circuit is open: no calls are made until then"),
  oldSecretsUntil: timeSchema.nullable().describe("Previous secrets still sign until then"),
});

export const ENDPOINT_FIELDS = {
  id: true,
  url: true,
  events: true,
  enabled: true,
  disabledFor: true,
  failures: true,
  openUntil: true,
  oldSecretsUntil: true,
  createdAt: true,
} satisfies Prisma.WebhookEndpointSelect;

export type Endpoint = Prisma.WebhookEndpointGetPayload<{ select: typeof ENDPOINT_FIELDS }>;

/** More endpoints than a user needs. */
const MAX_PER_USER = 10;

/**
 * Creates an endpoint. The result shows its signing secret, once.
 * @throws AppError `address_refused`, `address_not_public` (422), `too_many_webhooks` (409)
 */
export async function createEndpoint(
  userId: string,
  { url, events }: z.output<typeof newEndpointSchema>,
): Promise<Endpoint & { secret: string }> {
  checkTarget(new URL(url));
  return transaction(async (tx) => {
    await tx.$queryRaw<{ id: string }[]>`SELECT id FROM users WHERE id = ${userId} FOR UPDATE`;
    if ((await tx.webhookEndpoint.count({ where: { userId } })) >= MAX_PER_USER)
      throw conflict("too_many_webhooks", `An account may have at most ${MAX_PER_USER} webhooks.`);
    return tx.webhookEndpoint.create({
      data: { id: newId("whk"), userId, url, secret: newSigningSecret(), events, createdAt: now() },
      select: { ...ENDPOINT_FIELDS, secret: true },
    });
  });
}

export async function listEndpoints(userId: string): Promise<{ items: Endpoint[]; nextCursor: null }> {
  const items = await db().webhookEndpoint.findMany({
    where: { userId },
    orderBy: [{ createdAt: "asc" }, { id: "asc" }],
    select: ENDPOINT_FIELDS,
  });
  return { items, nextCursor: null };
}

/** @throws AppError `not_found` (404), also for an endpoint of another user */
export async function getEndpoint(userId: string, id: string): Promise<Endpoint> {
  const endpoint = await db().webhookEndpoint.findUnique({ where: { id, userId }, select: ENDPOINT_FIELDS });
  if (!endpoint) throw notFound("webhook");
  return endpoint;
}

/**
 * Changes the given fields. Enabling the endpoint or changing its URL closes the circuit.
 * @throws AppError `not_found` (404), `address_refused`, `address_not_public` (422)
 */
export async function changeEndpoint(
  userId: string,
  id: string,
  change: z.output<typeof endpointChangeSchema>,
): Promise<Endpoint> {
  if (change.url !== undefined) checkTarget(new URL(change.url));
  const closesCircuit = change.enabled === true || change.url !== undefined;
  const closed = { disabledFor: null, failures: 0, openUntil: null, probeUntil: null };
  const [endpoint] = await db().webhookEndpoint.updateManyAndReturn({
    where: { id, userId },
    data: closesCircuit ? { ...change, ...closed } : change,
    select: ENDPOINT_FIELDS,
  });
  if (!endpoint) throw notFound("webhook");
  return endpoint;
}

/** Deletes an endpoint with its deliveries and their log. @throws AppError `not_found` (404) */
export async function deleteEndpoint(userId: string, id: string): Promise<void> {
  const { count } = await db().webhookEndpoint.deleteMany({ where: { id, userId } });
  if (count === 0) throw notFound("webhook");
}
