import { z } from "zod";
import type { PlanView } from "@/lib/billing/plans";
import { changeCardSchema, subscribeSchema } from "@/lib/billing/request";
import type { SubscriptionView } from "@/lib/billing/view-subscription";
import { decisionSchema, expenseQuerySchema, expenseSchema } from "@/lib/expenses/request";
import type { ExpenseView } from "@/lib/expenses/view-expense";
import { type PayoutAccountView, payoutAccountSchema } from "@/lib/payouts/payout-account";
import {
  DecisionChannel,
  ExpenseStatus,
  PayoutStatus,
  PlanInterval,
  SubscriptionChargeStatus,
  SubscriptionStatus,
} from "@/prisma/generated/enums";
import { money } from "./answers";
import type { Operation } from "./operation";

const time = z.iso.datetime();
const named = z.strictObject({ id: z.string(), name: z.string() });

const expense = z.strictObject({
  id: z.string(),
  amount: money,
  description: z.string(),
  status: z.enum(ExpenseStatus),
  submitter: named,
  decision: z
    .strictObject({
      approved: z.boolean(),
      by: named.nullable().describe("Null when the deadline decided."),
      via: z.enum(DecisionChannel),
      note: z.string().nullable(),
      at: time,
    })
    .nullable(),
  payout: z.strictObject({ status: z.enum(PayoutStatus), at: time }).nullable(),
  deadlineAt: time.describe("Rejected then, unless somebody has decided."),
  createdAt: time,
}) satisfies z.ZodType<ExpenseView>;

const expenseList = z.strictObject({ items: z.array(expense), nextCursor: z.string().nullable() });

const plan = z.strictObject({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  price: money.describe("For one interval, in advance."),
  interval: z.enum(PlanInterval),
}) satisfies z.ZodType<PlanView>;

const subscription = z.strictObject({
  id: z.string(),
  plan: named,
  price: money,
  interval: z.enum(PlanInterval),
  status: z.enum(SubscriptionStatus),
  paymentMethod: z.string(),
  renewsAt: time,
  cancelAtPeriodEnd: z.boolean(),
  endReason: z.string().nullable(),
  charges: z.array(
    z.strictObject({
      period: z.strictObject({ start: time, end: time }),
      amount: money,
      refunded: money.describe("What of it has gone back, or is on its way."),
      status: z.enum(SubscriptionChargeStatus),
      attempts: z.int().min(0).describe("That have failed."),
      nextAttemptAt: time.nullable(),
      failureCode: z.string().nullable(),
    }),
  ),
}) satisfies z.ZodType<SubscriptionView>;

const payoutAccount = z.strictObject({
  userId: z.string(),
  account: z.string().nullable().describe("Null: the shop's is used."),
  setBy: z.string().nullable(),
  setAt: time.nullable(),
}) satisfies z.ZodType<PayoutAccountView>;

const own = z.strictObject({ subscription: subscription.nullable() });

/** Expenses and subscriptions: the money that is not an order's. */
export const MONEY_OPERATIONS: Operation[] = [
  {
    method: "post",
    path: "/api/expenses",
    summary: "Submits an expense; managers are asked by email",
    body: expenseSchema,
    answers: { 201: { description: "Submitted", schema: expense } },
    problems: [400, 401, 413, 415, 422, 429],
  },
  {
    method: "get",
    path: "/api/expenses",
    summary: "One's own expenses, the newest first",
    query: expenseQuerySchema,
    answers: { 200: { description: "A page", schema: expenseList } },
    problems: [401, 422],
  },
  {
    method: "get",
    path: "/api/expenses/{id}",
    summary: "One of one's own expenses",
    answers: { 200: { description: "The expense", schema: expense } },
    problems: [401, 404],
  },
  {
    method: "post",
    path: "/api/expenses/{id}/withdraw",
    summary: "Takes an expense back, until it is paid",
    answers: { 200: { description: "Withdrawn", schema: expense } },
    problems: [401, 404, 409],
  },
  {
    method: "get",
    path: "/api/admin/expenses",
    summary: "Everybody's expenses, the newest first; for managers",
    query: expenseQuerySchema,
    answers: { 200: { description: "A page", schema: expenseList } },
    problems: [401, 403, 422],
  },
  {
    method: "post",
    path: "/api/admin/expenses/{id}/decision",
    summary: "Approves or rejects an expense, once; for managers, not for their own",
    body: decisionSchema,
    answers: { 200: { description: "Decided", schema: expense } },
    problems: [400, 401, 403, 404, 409, 413, 415, 422],
  },
  {
    method: "get",
    path: "/api/admin/users/{id}/payout-account",
    summary: "Where a user's expenses are paid to; for admins",
    answers: { 200: { description: "The account", schema: payoutAccount } },
    problems: [401, 403, 404],
  },
  {
    method: "patch",
    path: "/api/admin/users/{id}/payout-account",
    summary: "Sets where a user's expenses are paid to from now on; for admins",
    body: payoutAccountSchema,
    answers: { 200: { description: "The account", schema: payoutAccount } },
    problems: [400, 401, 403, 404, 413, 415, 422],
  },
  {
    method: "get",
    path: "/api/plans",
    summary: "What one can subscribe to",
    answers: {
      200: { description: "The plans", schema: z.strictObject({ items: z.array(plan), nextCursor: z.null() }) },
    },
    problems: [],
  },
  {
    method: "get",
    path: "/api/account/subscription",
    summary: "One's own subscription with its last twelve charges",
    answers: { 200: { description: "The subscription, or null", schema: own } },
    problems: [401],
  },
  {
    method: "post",
    path: "/api/account/subscription",
    summary: "Subscribes; the first period is charged at once. Takes back a cancellation of the same plan",
    body: subscribeSchema,
    answers: { 201: { description: "Subscribed", schema: own } },
    problems: [400, 401, 409, 413, 415, 422],
  },
  {
    method: "patch",
    path: "/api/account/subscription",
    summary: "Another card, from the next attempt on",
    body: changeCardSchema,
    answers: { 200: { description: "The subscription", schema: own } },
    problems: [400, 401, 404, 413, 415, 422],
  },
  {
    method: "delete",
    path: "/api/account/subscription",
    summary: "Ends the subscription with its paid period, or at once when that is not paid",
    answers: { 200: { description: "The subscription as it is now", schema: own } },
    problems: [401, 404],
  },
];
