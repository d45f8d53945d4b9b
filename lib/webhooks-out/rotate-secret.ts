import { z } from "zod";
import { after, HOUR, now } from "../clock";
import { type Prisma, transaction } from "../db";
import { conflict, notFound } from "../errors";
import { newSigningSecret } from "../http/signature";
import { ENDPOINT_FIELDS, type Endpoint } from "./endpoints";

/** The body of `POST /api/account/webhooks/{id}/rotate-secret`. */
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
): Promise<Endpoint & { secret: string }> {
  const at = now();
  return transaction(async (tx) => {
    const [current] = await tx.$queryRaw<{ secret: string; oldSecrets: Prisma.JsonValue }[]>`
      SELECT secret, old_secrets AS "oldSecrets" FROM webhook_endpoints WHERE id = ${id} AND user_id = ${userId} FOR UPDATE`;
    if (!current) throw notFound("webhook");
    const valid = validSecrets(current.oldSecrets, at);
    if (graceHours > 0 && valid.length >= MAX_OLD_SECRETS)
      throw conflict(
        "too_many_secrets",
        `There are ${MAX_OLD_SECRETS} secrets that still sign; let one of them end first.`,
      );
    const until = after(graceHours * HOUR, at).toISOString();
    const oldSecrets = graceHours > 0 ? [{ secret: current.secret, until }, ...valid] : [];
    const oldSecretsUntil =
      oldSecrets
        .map((old) => old.until)
        .sort()
        .at(-1) ?? null;
    return tx.webhookEndpoint.update({
      where: { id },
      data: { secret: newSigningSecret(), oldSecrets, oldSecretsUntil },
      select: { ...ENDPOINT_FIELDS, secret: true },
    });
  });
}
