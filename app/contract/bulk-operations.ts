import { z } from "zod";
import { broadcastSchema, type CreatedBroadcast, previewSchema } from "@/lib/broadcasts/create-broadcast";
import { broadcastListSchema } from "@/lib/broadcasts/view-broadcast";
import { taskQuerySchema } from "@/lib/console/list-manual-tasks";
import { resolutionSchema } from "@/lib/console/resolve-manual-task";
import { idempotencyKeySchema } from "@/lib/idempotency";
import { importSchema } from "@/lib/imports/create-import";
import { importListSchema } from "@/lib/imports/list-imports";
import { importQuerySchema } from "@/lib/imports/view-import";
import { jobSchema } from "@/lib/jobs/create-job";
import { jobListSchema } from "@/lib/jobs/view-job";
import { exportQuerySchema } from "@/lib/orders/export-orders";
import { customerQuerySchema } from "@/lib/search/find-customers";
import { ImportStatus, ImportType, JobStatus } from "@/prisma/generated/enums";
import type { Operation } from "./operation";

const time = z.iso.datetime();
const count = z.int().min(0);
const pageOf = <T extends z.ZodType>(item: T) =>
  z.strictObject({ items: z.array(item), nextCursor: z.string().nullable() });

const broadcastSummary = z.strictObject({
  id: z.string(),
  title: z.string(),
  segment: z.unknown(),
  status: z.enum(["planning", "sending", "sent", "stopped"]),
  createdAt: time,
  plannedAt: time.nullable(),
  stoppedAt: time.nullable(),
});

const broadcast = broadcastSummary.extend({
  message: z.string(),
  counts: z.strictObject({
    recipients: count,
    pending: count,
    sent: count,
    refused: count.describe("Unsubscribed, suppressed or no longer a user when their email was due."),
    failed: count,
    stopped: count,
  }),
  engagement: z.strictObject({
    ...{ delivered: count, opened: count, clicked: count, bounced: count, complained: count },
  }),
  progress: z.number().min(0).max(1),
  finishedAt: time.nullable(),
});

const importSummary = z.strictObject({
  ...{ id: z.string(), type: z.enum(ImportType), url: z.string() },
  ...{ status: z.enum(ImportStatus), createdAt: time },
});

const imported = importSummary.extend({
  duplicateOf: z.string().nullable().describe("The earlier import of the very same file, when this changed nothing."),
  rows: count.nullable().describe("Known once the file has been read through."),
  counts: z.strictObject({ created: count, updated: count, unchanged: count, bad: count }),
  bytes: z.strictObject({ length: count.nullable(), fetched: count, applied: count }),
  problem: z
    .strictObject({ code: z.string(), message: z.string(), line: count.optional(), column: z.string().optional() })
    .nullable(),
  endedAt: time.nullable(),
  errors: pageOf(z.strictObject({ line: count, column: z.string(), message: z.string() })),
});

const task = z.strictObject({
  id: z.string(),
  kind: z.string(),
  entityId: z.string(),
  cause: z.looseObject({ code: z.string(), message: z.string() }),
  createdAt: time,
  resolvedAt: time.nullable(),
  resolvedBy: z.string().nullable(),
  resolution: z.string().nullable(),
  note: z.string().nullable(),
});

const job = z.strictObject({
  id: z.string(),
  kind: z.string(),
  status: z.enum(JobStatus),
  error: z.string().nullable(),
  createdAt: time,
  endedAt: time.nullable(),
  progress: z.strictObject({ processed: count, total: count, share: z.number().min(0).max(1) }),
});

const customer = z.strictObject({
  ...{ id: z.string(), email: z.string(), name: z.string(), role: z.string() },
  ...{ orders: count, createdAt: time },
});

const customerValue = z.strictObject({
  email: z.string(),
  currency: z.string(),
  orders: count,
  lifetimeValue: z.number().describe("In minor units, refunds taken off."),
  firstMonth: z.string(),
  lastMonth: z.string(),
});

const made = z.strictObject({ id: z.string() });
const created = made.extend({ recipients: count }) satisfies z.ZodType<CreatedBroadcast>;
const reading = [401, 403, 422];
const one = [401, 403, 404];
const writing = [400, 401, 403, 413, 415, 422];

const get = (
  path: Operation["path"],
  summary: string,
  schema: z.ZodType,
  more: Partial<Operation> = {},
): Operation => ({
  ...{ method: "get", path, summary, problems: reading },
  answers: { 200: { description: summary, schema } },
  ...more,
});

const post = (
  path: Operation["path"],
  summary: string,
  body: z.ZodType | undefined,
  [status, schema]: [number, z.ZodType],
  problems = writing,
): Operation => ({
  method: "post",
  path,
  summary,
  body,
  problems,
  answers: { [status]: { description: summary, schema } },
});

/** What works on many things at once: broadcasts, imports, exports, jobs, search. */
export const BULK_OPERATIONS: Operation[] = [
  {
    ...post("/api/admin/broadcasts", "Sends a message to a segment of the users", broadcastSchema, [201, created]),
    headers: z.object({ "Idempotency-Key": idempotencyKeySchema.optional() }),
    answers: {
      201: { description: "It is under way", schema: created },
      200: { description: "It was sent before, under this Idempotency-Key", schema: created },
    },
    problems: [...writing, 409],
  },
  get("/api/admin/broadcasts", "Broadcasts, newest first", pageOf(broadcastSummary), { query: broadcastListSchema }),
  post("/api/admin/broadcasts/preview", "How many users a segment holds", previewSchema, [
    200,
    z.strictObject({ recipients: count }),
  ]),
  get("/api/admin/broadcasts/{id}", "A broadcast with its progress", broadcast, { problems: one }),
  post(
    "/api/admin/broadcasts/{id}/stop",
    "Stops a broadcast; what is on its way arrives",
    undefined,
    [202, broadcast],
    [...one, 409],
  ),
  post("/api/admin/imports", "Takes in a CSV file of products or stock from a public address", importSchema, [
    201,
    made,
  ]),
  get("/api/admin/imports", "Imports, newest first", pageOf(importSummary), { query: importListSchema }),
  get("/api/admin/imports/{id}", "An import with its counts and its bad rows", imported, {
    query: importQuerySchema,
    problems: [...one, 422],
  }),
  get("/api/admin/manual-queue", "What waits for a person's decision", pageOf(task), { query: taskQuerySchema }),
  post(
    "/api/admin/manual-queue/{id}/resolve",
    "Has waiting work go on, or ends it; the first decision counts",
    resolutionSchema,
    [200, z.strictObject({ id: z.string(), resolution: z.enum(["resume", "dismiss"]) })],
    [...writing, 404, 409],
  ),
  {
    ...get("/api/admin/exports/orders.csv", "Orders as CSV (RFC 4180), amounts in minor units", z.string()),
    query: exportQuerySchema,
    answers: { 200: { description: "text/csv, oldest first; streams" } },
  },
  post("/api/admin/jobs", "Works out what customers are worth and which cohorts come back", jobSchema, [201, made]),
  get("/api/admin/jobs", "Jobs, newest first", pageOf(job), { query: jobListSchema }),
  get("/api/admin/jobs/{id}", "A job with its progress and result", job.extend({ result: z.unknown() }), {
    problems: one,
  }),
  get("/api/admin/jobs/{id}/customers", "What each customer is worth, by a job", pageOf(customerValue), {
    query: jobListSchema,
    problems: [...one, 422],
  }),
  get("/api/admin/customers", "Searches users by name or address, slips forgiven", pageOf(customer), {
    query: customerQuerySchema,
  }),
];
