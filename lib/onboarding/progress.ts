import type { OnboardingStep } from "@/prisma/generated/enums";
import { MINUTE, now } from "../clock";
import { db, Prisma, type Tx } from "../db";

/** What a new user has done, each with the first time. */
export type Progress = Partial<Record<OnboardingStep, Date>>;

export async function progressOf(userId: string): Promise<Progress> {
  const rows = await db().$queryRaw<{ step: OnboardingStep; at: Date }[]>`
    SELECT step, at FROM onboarding_progress WHERE user_id = ${userId}`;
  return Object.fromEntries(rows.map(({ step, at }) => [step, at]));
}

/** Somebody seen within so many ms is not written down again: a page is many requests. */
const SEEN_RECENTLY = 15 * MINUTE;

const seen = (user: Prisma.Sql, at: Date) => Prisma.sql`
  INSERT INTO user_activity AS seen (user_id, last_at) SELECT id, ${at}::timestamptz FROM ${user} WHERE id IS NOT NULL
  ON CONFLICT (user_id) DO UPDATE SET last_at = excluded.last_at
    WHERE seen.last_at < ${new Date(at.getTime() - SEEN_RECENTLY)}::timestamptz`;

const done = (user: Prisma.Sql, step: OnboardingStep, at: Date) => Prisma.sql`
  INSERT INTO onboarding_progress (user_id, step, at) SELECT id, ${step}::onboarding_step, ${at}::timestamptz FROM ${user}
  WHERE id IS NOT NULL ON CONFLICT DO NOTHING`;

/** A signed-in user looks at the shop or at their account. */
export async function recordVisit(userId: string): Promise<void> {
  const at = now();
  const user = Prisma.sql`(SELECT ${userId}::text AS id) visitor`;
  await db().$executeRaw`WITH visited AS (${done(user, "first_visit", at)}) ${seen(user, at)}`;
}

/** A user has saved their profile, as part of `tx`. */
export async function recordProfile(tx: Tx, userId: string): Promise<void> {
  await tx.$executeRaw(done(Prisma.sql`(SELECT ${userId}::text AS id) owner`, "profile", now()));
}

/**
 * The parts of a statement, between `WITH` and what it does, by which the order that it confirms counts for its buyer: who
 * placed it signed in, or has an account with its address. Costs no further round trip.
 */
export function orderProgress(orderId: string, at: Date): Prisma.Sql {
  const buyer = Prisma.sql`buyer`;
  return Prisma.sql`buyer AS (
      SELECT coalesce(o.user_id, u.id) AS id FROM orders o LEFT JOIN users u ON u.email = o.email WHERE o.id = ${orderId}
    ), progressed AS (${done(buyer, "first_order", at)}), active AS (${seen(buyer, at)})`;
}
