import { z } from "zod";
import { PlanInterval } from "@/prisma/generated/enums";
import { now } from "../clock";
import { db, type Prisma, type Row } from "../db";
import { conflict, notFound } from "../errors";
import { newId } from "../ids";
import { chargeAmountSchema } from "../money-schema";
import { countRows, newestFirst, newestFirstPage, type Page, pageQuery } from "../pagination";
import { isPlainText, plainTextSchema } from "../text";
import { countSchema, timeSchema } from "../view-schemas";
import { planViewSchema } from "./view-subscription";

const name = plainTextSchema(200);
const description = z.string().trim().max(2_000).refine(isPlainText, "must not hold control characters");

/** The body of `POST /api/admin/plans`. */
export const newPlanSchema = z.strictObject({
  id: z
    .string()
    .regex(/^plan_[a-z0-9_]{1,60}$/, "must be plan_ and up to 60 small letters, digits and _")
    .optional()
    .describe("A random id if it is missing. A second request with the same id creates no second plan."),
  name,
  description: description.default(""),
  price: chargeAmountSchema,
  interval: z.enum(PlanInterval, "must be month or year"),
});

/**
 * The body of `PATCH /api/admin/plans/{id}`: the fields to change. The price and the interval stay, as those of a Stripe price:
 * subscriptions have copied them, and customers would see one plan with several prices. Another price is another plan.
 */
export const planChangeSchema = z.strictObject({ name, description, active: z.boolean() }).partial();

export type PlanChange = z.output<typeof planChangeSchema>;

/** A plan as managers see it. */
export const managedPlanSchema = planViewSchema.extend({
  active: z.boolean().describe("Whether users can subscribe to it."),
  subscribers: countSchema.describe("Its subscriptions that have not ended."),
  createdAt: timeSchema,
});

export type ManagedPlan = z.output<typeof managedPlanSchema>;

/** The query of `GET /api/admin/plans`. */
export const planQuerySchema = pageQuery(20).extend({ status: z.enum(["active", "inactive"]).optional() });

type PlanQuery = z.output<typeof planQuerySchema>;

const whereStatus = (status: PlanQuery["status"]): Prisma.PlanWhereInput =>
  status ? { active: status === "active" } : {};

/** Returns a page of plans, newest first. @throws AppError `validation_failed` (422) for a cursor of another list */
export async function listManagedPlans({ status, ...page }: PlanQuery): Promise<Page<ManagedPlan>> {
  const { where, ...order } = newestFirst(page);
  const plans = await db().plan.findMany({ where: { AND: [whereStatus(status), where ?? {}] }, ...order });
  const subscribers = await countSubscribers(plans.map(({ id }) => id));
  return newestFirstPage(plans, page.limit, (plan) => view(plan, subscribers.get(plan.id)));
}

/** Returns the number of plans, of one status or of all. */
export const countPlans = ({ status }: Pick<PlanQuery, "status">) =>
  countRows((limit) => db().plan.count({ where: whereStatus(status), ...limit }));

/** Creates a plan, to which users can subscribe at once. @throws AppError `plan_exists` (409) */
export async function createPlan(request: z.output<typeof newPlanSchema>, managerId: string): Promise<ManagedPlan> {
  const { id = newId("plan"), price, ...rest } = request;
  const [plan] = await db().plan.createManyAndReturn({
    data: { id, ...rest, ...price, createdAt: now(), createdBy: managerId },
    skipDuplicates: true,
  });
  if (!plan)
    throw conflict("plan_exists", `There is a plan with the id ${id}.`, [{ path: "id", message: "exists already" }]);
  return view(plan);
}

/**
 * Changes the given fields. The emails and the page of a subscription show the new name at once. Nobody can subscribe to an inactive
 * plan, but its subscriptions go on.
 * @throws AppError `not_found` (404)
 */
export async function changePlan(id: string, change: PlanChange, managerId: string): Promise<ManagedPlan> {
  await db().plan.updateMany({ where: { id }, data: { ...change, updatedAt: now(), updatedBy: managerId } });
  const plan = await db().plan.findUnique({ where: { id } });
  if (!plan) throw notFound("plan");
  return view(plan, (await countSubscribers([id])).get(id));
}

/** Returns the number of subscriptions of each plan that have not ended. A plan without any has no entry. */
async function countSubscribers(ids: string[]): Promise<Map<string, number>> {
  const rows = await db().subscription.groupBy({
    by: ["planId"],
    where: { planId: { in: ids }, status: { not: "cancelled" } },
    _count: true,
  });
  return new Map(rows.map(({ planId, _count }) => [planId, _count]));
}

const view = ({ amount, currency, ...plan }: Row<"plan">, subscribers = 0): ManagedPlan => ({
  ...{ id: plan.id, name: plan.name, description: plan.description, price: { amount, currency } },
  ...{ interval: plan.interval, active: plan.active, subscribers, createdAt: plan.createdAt.toISOString() },
});
