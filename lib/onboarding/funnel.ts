import { db } from "../db";

/** How far those who registered within a time have come, up to now. */
export interface Funnel {
  registered: number;
  firstVisit: number;
  profile: number;
  firstOrder: number;
}

/** The figures for who registered from `from` until before `to`. Operators are not customers and do not count. */
export async function onboardingFunnel(from: Date, to: Date): Promise<Funnel> {
  const [funnel] = await db().$queryRaw<Funnel[]>`
    SELECT count(DISTINCT u.id)::int AS registered,
      count(*) FILTER (WHERE p.step = 'first_visit')::int AS "firstVisit",
      count(*) FILTER (WHERE p.step = 'profile')::int AS profile,
      count(*) FILTER (WHERE p.step = 'first_order')::int AS "firstOrder"
    FROM users u LEFT JOIN onboarding_progress p ON p.user_id = u.id
    WHERE u.role = 'customer' AND u.created_at >= ${from} AND u.created_at < ${to}`;
  return funnel ?? { registered: 0, firstVisit: 0, profile: 0, firstOrder: 0 };
}
