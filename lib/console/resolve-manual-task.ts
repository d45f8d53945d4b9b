import { z } from "zod";
import { now } from "../clock";
import type { Tx } from "../db";
import { conflict, notFound } from "../errors";
import { endImportWithin, resumeImport } from "../imports/lifecycle";
import type { ManualKind } from "../manual-queue";
import { type Publish, withOutbox } from "../outbox";
import { releaseEvent } from "../outbox-sweep";
import { releasePayout } from "../payouts/hold-payout";
import { plainTextSchema } from "../text";

export const resolutionSchema = z.strictObject({
  /** `resume` continues the work where it stopped, with a new time limit. `dismiss` ends it. */
  action: z.enum(["resume", "dismiss"]).default("resume"),
  note: plainTextSchema(1_000).optional(),
});

interface TaskRow {
  kind: ManualKind;
  entityId: string;
  cause: { phase?: string };
  resolution: string | null;
}

/**
 * Resolves a task of the manual queue. Two operators at the same moment make one decision. Safe to repeat.
 * @throws AppError `not_found` (404), `already_resolved` (409) if it was resolved otherwise.
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
    await tx.manualTask.update({
      where: { id },
      data: { resolvedAt: now(), resolvedBy, resolution: action, note: note ?? null },
    });
    await apply(tx, publish, action, task, id);
  });
}

async function apply(
  tx: Tx,
  publish: Publish,
  action: "resume" | "dismiss",
  { kind, entityId, cause }: TaskRow,
  taskId: string,
): Promise<void> {
  if (kind === "payout") await releasePayout(tx, action, entityId, taskId, publish);
  else if (kind === "event") await releaseEvent(tx, action, entityId);
  else if (action === "resume") await resumeImport(tx, publish, entityId, cause.phase, taskId);
  else await endImportWithin(tx, publish, entityId, "dismissed");
}
