import { z } from "zod";
import { accountChangeSchema } from "@/lib/account/change-account";
import type { AccountView } from "@/lib/account/view-account";
import { addressSchema } from "@/lib/address";
import { unsubscribeFormSchema, unsubscribeQuerySchema } from "@/lib/email/unsubscribe";
import { endExperimentSchema } from "@/lib/experiments/end-experiment";
import type { ExperimentView } from "@/lib/experiments/view-experiment";
import { Role } from "@/prisma/generated/enums";
import type { Operation } from "./operation";

const moment = z.iso.datetime().nullable();

const account = z.strictObject({
  id: z.string(),
  email: z.email(),
  name: z.string(),
  role: z.enum(Role),
  phone: z.string().nullable(),
  address: addressSchema.nullable(),
  preferences: z
    .strictObject({ marketing: z.boolean(), product_news: z.boolean(), digest: z.boolean() })
    .describe("Which email one gets that one can do without."),
  onboarding: z
    .strictObject({ profile: moment, firstVisit: moment, firstOrder: moment })
    .describe("When each was done for the first time."),
}) satisfies z.ZodType<AccountView>;

const estimate = z
  .strictObject({ value: z.number(), low: z.number(), high: z.number() })
  .nullable()
  .describe("With its 95 % interval; null for nobody.");
const figure = z.strictObject({
  count: z.int().min(0),
  rate: estimate,
  against: estimate.describe("The difference from the first variant, with its 95 % interval."),
});

const experiment = z.strictObject({
  id: z.string(),
  question: z.string(),
  emailKind: z.string(),
  status: z.enum(["running", "finished"]),
  winner: z.string().nullable(),
  variants: z.array(
    z.strictObject({
      key: z.string(),
      subject: z.string(),
      weight: z.number(),
      exposed: z.int().min(0),
      opened: figure,
      clicked: figure,
      ordered: figure,
    }),
  ),
}) satisfies z.ZodType<ExperimentView>;

/** What people do with their account and their email, and what managers learn from email. */
export const ACCOUNT_OPERATIONS: Operation[] = [
  {
    method: "get",
    path: "/api/account",
    summary: "One's own profile, notification preferences and first steps",
    answers: { 200: { description: "The account", schema: account } },
    problems: [401],
  },
  {
    method: "patch",
    path: "/api/account",
    summary: "Changes what the body names; null takes a field away",
    body: accountChangeSchema,
    answers: { 200: { description: "The account as it is now", schema: account } },
    problems: [400, 401, 413, 415, 422],
  },
  {
    method: "get",
    path: "/api/unsubscribe",
    summary: "A page that shows what an email's link would end; it never acts",
    query: unsubscribeQuerySchema,
    answers: { 200: { description: "A page in HTML" } },
    problems: [400, 422],
  },
  {
    method: "post",
    path: "/api/unsubscribe",
    summary: "Unsubscribes: one click of an email program (RFC 8058), or a choice of the page; a form, not JSON",
    query: unsubscribeQuerySchema,
    body: unsubscribeFormSchema,
    answers: { 200: { description: "Done; a page in HTML" } },
    problems: [400, 413, 422],
  },
  {
    method: "get",
    path: "/api/admin/experiments/{id}",
    summary: "What became of each variant of an experiment; for managers",
    answers: { 200: { description: "The experiment and its figures", schema: experiment } },
    problems: [401, 403, 404],
  },
  {
    method: "post",
    path: "/api/admin/experiments/{id}/end",
    summary: "Ends an experiment: everybody gets the winner from then on; for managers",
    body: endExperimentSchema,
    answers: { 200: { description: "The experiment, finished", schema: experiment } },
    problems: [400, 401, 403, 404, 409, 413, 415, 422],
  },
];
