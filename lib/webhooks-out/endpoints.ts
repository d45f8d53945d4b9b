import { z } from "zod";
import { after, HOUR, now } from "../clock";
import { db, lockRow, lockUser, type Prisma, type Row, transaction } from "../db";
import { conflict, notFound } from "../errors";
import { checkTarget } from "../http/private-network-guard";
import { newSigningSecret } from "../http/signature";
import { newId } from "../ids";
import { webAddressSchema } from "../text";
import { selectOf, timeSchema } from "../view-schemas";
import { SUBSCRIBED_TYPES } from "./events";

const subscribedTypeSchema = z.enum(SUBSCRIBED_TYPES);

const events = z
  .array(subscribedTypeSchema)
  .min(1, "must name at least one event")
  .transform((types) => [...new Set(types)]);

export const newEndpointSchema = z.strictObject({ url: webAddressSchema, events });

export const endpointChangeSchema = z.strictObject({ url: webAddressSchema, events, enabled: z.boolean() }).partial();

/** An endpoint as the API shows it, without its secrets. */
export const endpointViewSchema = z.strictObject({
  ...{
    id: z.string(),
    url: z.url(),
    events: z.array(subscribedTypeSchema),
    enabled: z.boolean(),
    createdAt: timeSchema,
  },
  disabledFor: z.literal("gone").nullable().describe("Why it was disabled, if not by its owner: gone."),
  failures: z.int().describe("Failed calls in a row"),
  openUntil: timeSchema.nullable().describe("The circuit is open: no calls are made until then"),
  oldSecretsUntil: timeSchema.nullable().describe("Previous secrets still sign until then"),
});

/** An endpoint with its new signing secret. */
export const endpointWithSecretSchema = endpointViewSchema.extend({ secret: z.string() });

const ENDPOINT_FIELDS = selectOf(endpointViewSchema);

type EndpointRow = Row<"webhookEndpoint", { select: typeof ENDPOINT_FIELDS }>;

/** What is stored in these two columns. */
type Codes = Pick<z.output<typeof endpointViewSchema>, "events" | "disabledFor">;

export type Endpoint = Omit<EndpointRow, keyof Codes> & Codes;

type EndpointWithSecret = Endpoint & { secret: string };

const toEndpoint = <R extends EndpointRow>(row: R) => row as Omit<R, keyof Codes> & Codes;

/** More endpoints than a user needs. */
const MAX_PER_USER = 10;

/**
 * Creates an endpoint. The result shows its signing secret, once.
 * @throws AppError `address_refused`, `address_not_public` (422), `too_many_webhooks` (409)
 */
export async function createEndpoint(
  userId: string,
  { url, events }: z.output<typeof newEndpointSchema>,
): Promise<EndpointWithSecret> {
  checkTarget(new URL(url));
  return transaction(async (tx) => {
    await lockUser(tx, userId);
    if ((await tx.webhookEndpoint.count({ where: { userId } })) >= MAX_PER_USER)
      throw conflict("too_many_webhooks", `An account may have at most ${MAX_PER_USER} webhooks.`);
    const row = await tx.webhookEndpoint.create({
      data: { id: newId("whk"), userId, url, secret: newSigningSecret(), events, createdAt: now() },
      select: { ...ENDPOINT_FIELDS, secret: true },
    });
    return toEndpoint(row);
  });
}

export async function listEndpoints(userId: string): Promise<{ items: Endpoint[]; nextCursor: null }> {
  const rows = await db().webhookEndpoint.findMany({
    where: { userId },
    orderBy: [{ createdAt: "asc" }, { id: "asc" }],
    select: ENDPOINT_FIELDS,
  });
  return { items: rows.map(toEndpoint), nextCursor: null };
}

/** @throws AppError `not_found` (404), also for an endpoint of another user */
export async function getEndpoint(userId: string, id: string): Promise<Endpoint> {
  const endpoint = await db().webhookEndpoint.findUnique({ where: { id, userId }, select: ENDPOINT_FIELDS });
  if (!endpoint) throw notFound("webhook");
  return toEndpoint(endpoint);
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
  return transaction(async (tx) => {
    if (change.enabled === true)
      await tx.webhookEndpoint.updateMany({ where: { id, userId, enabled: false }, data: { enabledAt: now() } });
    const [endpoint] = await tx.webhookEndpoint.updateManyAndReturn({
      where: { id, userId },
      data: closesCircuit ? { ...change, ...closed } : change,
      select: ENDPOINT_FIELDS,
    });
    if (!endpoint) throw notFound("webhook");
    return toEndpoint(endpoint);
  });
}

/** Deletes an endpoint with its deliveries and their log. @throws AppError `not_found` (404) */
export async function deleteEndpoint(userId: string, id: string): Promise<void> {
  const { count } = await db().webhookEndpoint.deleteMany({ where: { id, userId } });
  if (count === 0) throw notFound("webhook");
}

export const rotationSchema = z.strictObject({
  graceHours: z
    .int("must be a whole number of hours")
    .min(0, "must be at least 0")
    .max(168, "must be at most 168, a week")
    .default(24)
    .describe("The time in which the previous secrets still sign. 0 (for a leaked secret) ends them at once."),
});

const oldSecretsSchema = z.array(z.object({ secret: z.string(), until: z.iso.datetime() }));

/** Returns the signing secrets of an attempt, the current one first. */
export function secretsAt(
  { secret, oldSecrets }: { secret: string; oldSecrets: Prisma.JsonValue },
  at: Date,
): string[] {
  return [secret, ...validSecrets(oldSecrets, at).map((old) => old.secret)];
}

const validSecrets = (oldSecrets: Prisma.JsonValue, at: Date) =>
  oldSecretsSchema.parse(oldSecrets).filter(({ until }) => new Date(until) > at);

/** Each previous secret adds a signature of 47 bytes to a header. A client that repeats a lost request does not need more. */
const MAX_OLD_SECRETS = 5;

/**
 * Gives an endpoint a new signing secret and returns it, once. Until the grace period ends, every attempt carries signatures of
 * the previous secrets too. So the receiver can switch at any time, and repeating the request loses nothing.
 * @throws AppError `not_found` (404), `too_many_secrets` (409)
 */
export async function rotateSecret(
  userId: string,
  id: string,
  { graceHours }: z.output<typeof rotationSchema>,
): Promise<EndpointWithSecret> {
  const at = now();
  return transaction(async (tx) => {
    await lockRow(tx, "webhook_endpoints", id);
    const current = await tx.webhookEndpoint.findFirst({
      where: { id, userId },
      select: { secret: true, oldSecrets: true },
    });
    if (!current) throw notFound("webhook");
    const valid = validSecrets(current.oldSecrets, at);
    if (graceHours > 0 && valid.length >= MAX_OLD_SECRETS)
      throw conflict(
        "too_many_secrets",
        `There are ${MAX_OLD_SECRETS} secrets that still sign; let one of them end first.`,
      );
    const until = after(graceHours * HOUR, at).toISOString();
    const oldSecrets = graceHours > 0 ? [{ secret: current.secret, until }, ...valid] : [];
    const ends = oldSecrets.map((old) => old.until).sort();
    const row = await tx.webhookEndpoint.update({
      where: { id },
      data: { secret: newSigningSecret(), oldSecrets, oldSecretsUntil: ends.at(-1) ?? null },
      select: { ...ENDPOINT_FIELDS, secret: true },
    });
    return toEndpoint(row);
  });
}
