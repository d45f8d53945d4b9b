import type { PlanInterval } from "@/prisma/generated/enums";
import { db } from "../db";
import type { Money } from "../money";

export interface PlanView {
  id: string;
  name: string;
  description: string;
  /** The price of one interval, charged in advance. */
  price: Money;
  interval: PlanInterval;
}

/** Returns the active plans, cheapest first. */
export async function listPlans(): Promise<{ items: PlanView[]; nextCursor: null }> {
  const plans = await db().plan.findMany({
    where: { active: true },
    orderBy: [{ amount: "asc" }, { id: "asc" }],
    select: { id: true, name: true, description: true, amount: true, currency: true, interval: true },
  });
  const items = plans.map(({ amount, currency, ...plan }) => ({ ...plan, price: { amount, currency } }));
  return { items, nextCursor: null };
}
