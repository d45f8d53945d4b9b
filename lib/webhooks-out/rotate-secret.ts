import { z } from "zod";
import { after, HOUR, now } from "../clock";
import { transaction } from "../db";
import { conflict, notFound } from "../errors";
import { newSigningSecret } from "../http/signature";
import { ENDPOINT_COLUMNS, type Endpoint } from "./endpoints";

/** The body of `POST /api/account/webhooks/{id}/rotate-secret`. */
export const rotationSchema = z.strictObject({
  graceHours: z
    .int("must be a whole number of hours")
    .min(0, "must be at least 0")
    .max(168, "must be at most 168, a week")
    .default(24)
    .describe("For so long the secrets before it sign as well; 0, for one that has leaked, ends them at once."),
});

export interface OldSecret {
  secret: string;
  until: string;
}

/** The secrets that sign a call made at a time: the present one first. */
export function secretsAt({ secret, oldSecrets }: { secret: string; oldSecrets: OldSecret[] }, at: Date): string[] {
  return [secret, ...oldSecrets.filter(({ until }) => new Date(until) > at).map((old) => old.secret)];
}

/** Each is a signature of 47 bytes in a header. Whoever asks again because an answer was lost does not need more. */
const MAX_OLD = 5;

/**
 * Gives an endpoint a new secret, which is told this once. Every call carries signatures of the secrets before it too, each
 * until its time is over, so that a receiver takes the new one over when it likes, and asking twice loses nothing.
 * @throws AppError `not_found` (404), `too_many_secrets` (409)
 */
export async function rotateSecret(
  userId: string,
  id: string,
  { graceHours }: z.output<typeof rotationSchema>,
): Promise<Endpoint & { secret: string }> {
  const at = now();
  const secret = newSigningSecret();
  return transaction(async (tx) => {
    const [before] = await tx.$queryRaw<{ secret: string; oldSecrets: OldSecret[] }[]>`
      SELECT secret, old_secrets AS "oldSecrets" FROM webhook_endpoints WHERE id = ${id} AND user_id = ${userId} FOR UPDATE`;
    if (!before) throw notFound("webhook");
    const alive = before.oldSecrets.filter(({ until }) => new Date(until) > at);
    if (graceHours > 0 && alive.length >= MAX_OLD)
      throw conflict("too_many_secrets", `There are ${MAX_OLD} secrets that still sign; let one of them end first.`);
    const until = after(graceHours * HOUR, at).toISOString();
    const old: OldSecret[] = graceHours > 0 ? [{ secret: before.secret, until }, ...alive] : [];
    const last =
      old
        .map((one) => one.until)
        .sort()
        .at(-1) ?? null;
    const [endpoint] = await tx.$queryRaw<Endpoint[]>`
      UPDATE webhook_endpoints SET secret = ${secret}, old_secrets = ${JSON.stringify(old)}::jsonb, old_secrets_until = ${last}::timestamptz
      WHERE id = ${id} RETURNING ${ENDPOINT_COLUMNS}`;
    if (!endpoint) throw notFound("webhook");
    return { ...endpoint, secret };
  });
}
