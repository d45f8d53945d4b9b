import { z } from "zod";
import type { ManagedProduct } from "@/lib/catalogue/manage-products";
import type { ExperimentView } from "@/lib/experiments/experiments";
import { ImportStatus, ImportType, JobStatus } from "@/prisma/generated/enums";
import { count, money, time } from "./api-schemas";

/** Schemas that several endpoints of `/api/admin` share. */

export const managedProduct = z.strictObject({
  ...{ id: z.string(), sku: z.string(), name: z.string(), description: z.string(), price: money, active: z.boolean() },
  stock: z.strictObject({ available: z.int(), reserved: z.int(), sold: z.int(), received: z.int() }),
}) satisfies z.ZodType<ManagedProduct>;

export const broadcastSummary = z.strictObject({
  id: z.string(),
  title: z.string(),
  segment: z.unknown(),
  status: z.enum(["planning", "sending", "sent", "stopped"]),
  createdAt: time,
  plannedAt: time.nullable(),
  stoppedAt: time.nullable(),
});

export const broadcast = broadcastSummary.extend({
  message: z.string(),
  counts: z.strictObject({
    recipients: count,
    pending: count,
    sent: count,
    refused: count.describe("Unsubscribed, suppressed or no longer a user when the email was due."),
    failed: count,
    stopped: count,
  }),
  engagement: z.strictObject({
    ...{ delivered: count, opened: count, clicked: count, bounced: count, complained: count },
  }),
  progress: z.number().min(0).max(1),
  finishedAt: time.nullable(),
});

export const importSummary = z.strictObject({
  ...{ id: z.string(), type: z.enum(ImportType), url: z.string() },
  ...{ status: z.enum(ImportStatus), createdAt: time },
});

export const job = z.strictObject({
  id: z.string(),
  kind: z.string(),
  status: z.enum(JobStatus),
  error: z.string().nullable(),
  createdAt: time,
  endedAt: time.nullable(),
  progress: z.strictObject({ processed: count, total: count, share: z.number().min(0).max(1) }),
});

const estimate = z
  .strictObject({ value: z.number(), low: z.number(), high: z.number() })
  .nullable()
  .describe("With its 95 % interval; null without recipients.");
const metric = z.strictObject({
  count,
  rate: estimate,
  against: estimate.describe("The difference from the first variant, with its 95 % interval."),
});

export const experiment = z.strictObject({
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
      exposed: count,
      opened: metric,
      clicked: metric,
      ordered: metric,
    }),
  ),
}) satisfies z.ZodType<ExperimentView>;
