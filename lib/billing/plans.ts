import type { PlanInterval } from "@/prisma/generated/enums";
import { db } from "../db";
import type { Money } from "../money";

export interface PlanView {
  id: string;
  name: string;
  description: string;
  /** For one interval, charged in advance. */
  price: Money;
  interval: PlanInterval;
}

interface Row extends Money {
  id: string;
  name: string;
  description: string;
  interval: PlanInterval;
}

/** The plans that one can subscribe to, the cheapest first. */
export async function listPlans(): Promise<{ items: PlanView[]; nextCursor: null }> {
  const rows = await db().$queryRaw<Row[]>`
    SELECT id, name, description, amount, currency, interval FROM plans WHERE active ORDER BY amount, id`;
  const items = rows.map(({ amount, currency, ...rest }) => ({ ...rest, price: { amount, currency } }));
  return { items, nextCursor: null };
}
