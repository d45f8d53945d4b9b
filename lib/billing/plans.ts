import { z } from "zod";
import { PlanInterval } from "@/prisma/generated/enums";
import { db } from "../db";
import { moneySchema } from "../view-schemas";

export const planViewSchema = z.strictObject({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  price: moneySchema.describe("The price of one interval, charged in advance."),
  interval: z.enum(PlanInterval),
});

/** Returns the active plans, cheapest first. */
export async function listPlans(): Promise<{ items: z.output<typeof planViewSchema>[]; nextCursor: null }> {
  const plans = await db().plan.findMany({
    where: { active: true },
    orderBy: [{ amount: "asc" }, { id: "asc" }],
    select: { id: true, name: true, description: true, amount: true, currency: true, interval: true },
  });
  const items = plans.map(({ amount, currency, ...plan }) => ({ ...plan, price: { amount, currency } }));
  return { items, nextCursor: null };
}
