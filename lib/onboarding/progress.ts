import type { OnboardingStep } from "@/prisma/generated/enums";
import { ago, MINUTE, now } from "../clock";
import { db, Prisma, type Tx } from "../db";

/** The onboarding steps that a user has completed, each with its first time. */
export type Progress = Partial<Record<OnboardingStep, Date>>;

export async function progressOf(userId: string): Promise<Progress> {
  const rows = await db().onboardingProgress.findMany({ where: { userId } });
  return Object.fromEntries(rows.map(({ step, at }) => [step, at]));
}

/** A user's activity is saved at most once in this time, because a page makes many requests. */
const ACTIVITY_INTERVAL_MS = 15 * MINUTE;

const activityUpsert = (users: Prisma.Sql, at: Date) => Prisma.sql`
  INSERT INTO user_activity AS saved (user_id, last_at) SELECT id, ${at}::timestamptz FROM ${users} WHERE id IS NOT NULL
  ON CONFLICT (user_id) DO UPDATE SET last_at = excluded.last_at
    WHERE saved.last_at < ${ago(ACTIVITY_INTERVAL_MS, at)}::timestamptz`;

const stepInsert = (users: Prisma.Sql, step: OnboardingStep, at: Date) => Prisma.sql`
  INSERT INTO onboarding_progress (user_id, step, at) SELECT id, ${step}::onboarding_step, ${at}::timestamptz FROM ${users}
  WHERE id IS NOT NULL ON CONFLICT DO NOTHING`;

/** Records that a signed-in user visits the shop or the account page. */
export async function recordVisit(userId: string): Promise<void> {
  const at = now();
  const visitor = Prisma.sql`(SELECT ${userId}::text AS id) visitor`;
  await db().$executeRaw`WITH progressed AS (${stepInsert(visitor, "first_visit", at)}) ${activityUpsert(visitor, at)}`;
}

/** Records within `tx` that a user has saved their profile. */
export async function recordProfile(tx: Tx, userId: string): Promise<void> {
  await tx.onboardingProgress.createMany({ data: { userId, step: "profile", at: now() }, skipDuplicates: true });
}

/**
 * Returns the CTEs by which the statement that confirms an order also records it as its buyer's progress and activity. The
 * buyer is the user who ordered while signed in, or the user with the order's address. It saves a statement.
 */
export function orderProgress(orderId: string, at: Date): Prisma.Sql {
  const buyer = Prisma.sql`buyer`;
  return Prisma.sql`buyer AS (
      SELECT coalesce(o.user_id, u.id) AS id FROM orders o LEFT JOIN users u ON u.email = o.email WHERE o.id = ${orderId}
    ), progressed AS (${stepInsert(buyer, "first_order", at)}), active AS (${activityUpsert(buyer, at)})`;
}

/** So many registrations are counted in the funnel. A page of the console waits for it. */
const MAX_REGISTRATIONS = 5_000;

interface Funnel extends Record<"registered" | "firstVisit" | "profile" | "firstOrder", number> {
  /** Whether more customers registered. Then the figures are those of the newest `registered`. */
  more: boolean;
}

/**
 * Returns how many customers who registered from `from` until before `to` have completed each step by now. Operators do not count.
 * If more than `MAX_REGISTRATIONS` registered, the newest of them count.
 */
export async function onboardingFunnel(from: Date, to: Date): Promise<Funnel> {
  const [funnel] = await db().$queryRaw<Funnel[]>`
    WITH registered AS MATERIALIZED (
      SELECT id, row_number() OVER (ORDER BY created_at DESC) AS position FROM users
      WHERE role = 'customer' AND created_at >= ${from} AND created_at < ${to} ORDER BY created_at DESC LIMIT ${MAX_REGISTRATIONS + 1})
    SELECT count(DISTINCT u.id)::int AS registered,
      count(*) FILTER (WHERE p.step = 'first_visit')::int AS "firstVisit",
      count(*) FILTER (WHERE p.step = 'profile')::int AS profile,
      count(*) FILTER (WHERE p.step = 'first_order')::int AS "firstOrder",
      EXISTS (SELECT 1 FROM registered WHERE position > ${MAX_REGISTRATIONS}) AS more
    FROM registered u LEFT JOIN onboarding_progress p ON p.user_id = u.id
    WHERE u.position <= ${MAX_REGISTRATIONS}`;
  return funnel ?? { registered: 0, firstVisit: 0, profile: 0, firstOrder: 0, more: false };
}
