import { z } from "zod";
import { resolveAlerts } from "../alerts";
import { releaseSubscriptionRefund } from "../billing/release-refund";
import { now } from "../clock";
import { db } from "../db";
import { conflict, notFound } from "../errors";
import { endImportWithin, resumeImport } from "../imports/lifecycle";
import type { ManualKind } from "../manual-queue";
import { withOutbox } from "../outbox";
import { releaseEvent } from "../outbox-sweep";
import { countRows, pageOf, pageQuery, readCursor } from "../pagination";
import { releaseRefund } from "../payments/release-refund";
import { releasePayout } from "../payouts/payout";
import { plainTextSchema } from "../text";
import { timeInputSchema } from "../time-schema";
import { timeSchema } from "../view-schemas";

export const taskQuerySchema = pageQuery(20).extend({ status: z.enum(["open", "resolved"]).default("open") });

const cursorSchema = z.tuple([timeInputSchema, z.string()]);
const causeSchema = z.looseObject({ code: z.string(), message: z.string() });

export const taskViewSchema = z.strictObject({
  ...{ id: z.string(), kind: z.string(), entityId: z.string(), cause: causeSchema, createdAt: timeSchema },
  ...{ resolvedAt: timeSchema.nullable(), resolvedBy: z.string().nullable() },
  ...{ resolution: z.string().nullable(), note: z.string().nullable() },
});

const resolvedIf = (status: "open" | "resolved") => (status === "open" ? null : { not: null });

/** Returns a page of the manual queue, the oldest task first: open tasks, or resolved ones. */
export async function listTasks({ status, limit, cursor }: z.output<typeof taskQuerySchema>) {
  const [createdAt, id] = cursor === undefined ? [] : readCursor(cursor, cursorSchema);
  const after = createdAt && { OR: [{ createdAt: { gt: createdAt } }, { createdAt, id: { gt: id } }] };
  const rows = await db().manualTask.findMany({
    where: { resolvedAt: resolvedIf(status), ...after },
    orderBy: [{ createdAt: "asc" }, { id: "asc" }],
    take: limit + 1,
  });
  return pageOf(
    rows,
    limit,
    (row) => ({ ...row, cause: causeSchema.parse(row.cause) }),
    (row) => [row.createdAt.toISOString(), row.id],
  );
}

/** Returns the number of open or resolved tasks. */
export const countTasks = (status: "open" | "resolved") =>
  countRows((limit) => db().manualTask.count({ where: { resolvedAt: resolvedIf(status) }, ...limit }));

export const resolutionSchema = z.strictObject({
  /**
   * `resume` continues the work where it stopped, with a new time limit. `dismiss` ends it. A failed refund is retried, or recorded
   * as paid back otherwise.
   */
  action: z.enum(["resume", "dismiss"]).default("resume"),
  note: plainTextSchema(1_000).optional(),
});

interface TaskRow {
  kind: ManualKind;
  entityId: string;
  cause: { phase?: string; amount?: number };
  resolution: string | null;
}

/**
 * Resolves a task of the manual queue. Two operators at the same moment make one decision. Safe to repeat.
 * @throws AppError `not_found` (404), `already_resolved` (409) if it was resolved otherwise; `not_resumable` (409) for a payment; as
 *   `releaseRefund` for a refund
 */
export async function resolveTask(
  id: string,
  { action, note }: z.output<typeof resolutionSchema>,
  resolvedBy: string,
): Promise<void> {
  await withOutbox(async (tx, publish) => {
    const [task] = await tx.$queryRaw<TaskRow[]>`
      SELECT kind, entity_id AS "entityId", cause, resolution FROM manual_queue WHERE id = ${id} FOR UPDATE`;
    if (!task) throw notFound("task");
    if (task.resolution === action) return;
    if (task.resolution !== null)
      throw conflict("already_resolved", `Another operator has decided to ${task.resolution} this.`);
    const { kind, entityId, cause } = task;
    if (kind === "payment" && action === "resume")
      throw conflict("not_resumable", "Such a payment is paid back by hand. Dismiss the task when that is done.", [
        { path: "action", message: "must be dismiss" },
      ]);
    await tx.manualTask.update({
      where: { id },
      data: { resolvedAt: now(), resolvedBy, resolution: action, note: note ?? null },
    });
    await resolveAlerts({ task: `${kind}:${entityId}` }, tx);
    if (kind === "payout") await releasePayout(tx, action, entityId, id, publish);
    else if (kind === "refund") await releaseRefund(tx, publish, action, entityId);
    else if (kind === "subscription_refund")
      await releaseSubscriptionRefund(tx, publish, action, entityId, id, cause.amount ?? 0);
    else if (kind === "event") await releaseEvent(tx, action, entityId);
    else if (kind === "import" && action === "resume") await resumeImport(tx, publish, entityId, cause.phase, id);
    else if (kind === "import") await endImportWithin(tx, publish, entityId, "dismissed");
  });
}
