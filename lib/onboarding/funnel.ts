import { db } from "../db";

/** How many users who registered in a period have completed each step by now. */
export interface Funnel {
  registered: number;
  firstVisit: number;
  profile: number;
  firstOrder: number;
}

/** Returns the funnel of customers who registered from `from` until before `to`. Operators do not count. */
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
