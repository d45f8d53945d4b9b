import Stripe from "stripe";
import { raiseAlert } from "../alerts";
import { now } from "../clock";
import { db } from "../db";
import { messageOf } from "../errors";
import { log } from "../log";

type Kind = "payment_intent" | "refund" | "webhook" | "transfer" | "timeline_entry";
type Work = (id: string) => Promise<unknown>;

/** Things of one round; the next round goes on. */
const ROUND = 20;
/** With pauses of 2, 4, 8 … minutes, half an hour of trouble heals unseen; what lasts longer a person hears of, once. */
const PATIENCE = 5;

/**
 * Works through things that are found once only, or in a list that the first ones could fill. One that fails is noted, to be
 * tried again with growing pauses up to a day, and keeps none of the others waiting.
 */
export async function eachNoted(kind: Kind, ids: string[], work: Work): Promise<{ done: number; failed: number }> {
  let failed = 0;
  for (const id of ids) {
    const error = await work(id).then(
      () => undefined,
      (error: unknown) => error ?? new Error("unknown"),
    );
    if (error === undefined || isGone(error)) continue;
    failed++;
    await note(kind, id, messageOf(error));
  }
  return { done: ids.length - failed, failed };
}

/** Tries again what is due of one kind; what succeeds is forgotten. */
export async function retryNoted(kind: Kind, work: Work): Promise<void> {
  const due = await db().$queryRaw<{ id: string }[]>`
    SELECT id FROM reconcile_retries WHERE kind = ${kind} AND not_before <= ${now()} ORDER BY not_before LIMIT ${ROUND}`;
  await eachNoted(
    kind,
    due.map(({ id }) => id),
    async (id) => {
      await work(id).catch((error) => {
        if (!isGone(error)) throw error;
      });
      await forget(kind, id);
    },
  );
}

/** It is mended. */
export async function forget(kind: Kind, id: string): Promise<void> {
  await db().$executeRaw`DELETE FROM reconcile_retries WHERE kind = ${kind} AND id = ${id}`;
}

/** Stripe does not have it any more: there is nothing to mend. */
const isGone = (error: unknown) => error instanceof Stripe.errors.StripeError && error.code === "resource_missing";

async function note(kind: Kind, id: string, error: string): Promise<void> {
  log.warn({ kind, id, error }, "the reconciler could not mend this; it will try again");
  const at = now();
  const [row] = await db().$queryRaw<{ attempts: number }[]>`
    INSERT INTO reconcile_retries AS known (kind, id, not_before, last_error, created_at)
    VALUES (${kind}, ${id}, ${at}::timestamptz + interval '2 minutes', ${error}, ${at})
    ON CONFLICT (kind, id) DO UPDATE SET attempts = known.attempts + 1, last_error = excluded.last_error,
      not_before = ${at}::timestamptz + least(power(2, least(known.attempts + 1, 11)), 1440) * interval '1 minute'
    RETURNING attempts`;
  if (row?.attempts === PATIENCE)
    await raiseAlert({
      kind: "reconcile_stuck",
      id: `reconcile-stuck:${kind}:${id}`,
      subject: `The reconciler cannot mend ${kind.replace("_", " ")} ${id}`,
      detail: { kind, id, error },
    });
}
