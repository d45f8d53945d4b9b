import { z } from "zod";
import { now } from "../clock";
import type { Tx } from "../db";
import { conflict, notFound } from "../errors";
import type { OutgoingEvent } from "../events";
import { endImportWithin } from "../imports/end-import";
import { resumeImport } from "../imports/resume-import";
import type { ManualKind } from "../manual-queue";
import { announce, type Publish, withOutbox } from "../outbox";
import { releasePayout } from "../payouts/hold-payout";
import { releaseEvent } from "../reconcile/sweep-outbox";
import { plainText } from "../text";

export const resolutionSchema = z.strictObject({
  /** `resume` has it go on from where it stopped, with its time anew; `dismiss` ends it. */
  action: z.enum(["resume", "dismiss"]).default("resume"),
  note: plainText(1_000).optional(),
});

interface Task {
  kind: ManualKind;
  entityId: string;
  cause: { phase?: string };
  resolution: string | null;
}

/**
 * Takes a task out of the manual queue. Two who decide at the same moment make one decision; repeating it changes nothing.
 * @throws AppError `not_found` (404), `already_resolved` (409) when it was decided otherwise.
 */
export async function resolveTask(
  id: string,
  { action, note }: z.output<typeof resolutionSchema>,
  resolvedBy: string,
): Promise<void> {
  const events = await withOutbox(async (tx, publish) => {
    const [task] = await tx.$queryRaw<Task[]>`
      SELECT kind, entity_id AS "entityId", cause, resolution FROM manual_queue WHERE id = ${id} FOR UPDATE`;
    if (!task) throw notFound("task");
    if (task.resolution !== null && task.resolution !== action)
      throw conflict("already_resolved", `Somebody has decided to ${task.resolution} this.`);
    if (task.resolution !== null) return [];
    await tx.$executeRaw`
      UPDATE manual_queue SET resolved_at = ${now()}, resolved_by = ${resolvedBy}, resolution = ${action}, note = ${note ?? null}
      WHERE id = ${id}`;
    return apply(tx, action, task, id, publish);
  });
  await announce(events);
}

async function apply(
  tx: Tx,
  action: "resume" | "dismiss",
  { kind, entityId, cause }: Task,
  taskId: string,
  publish: Publish,
): Promise<OutgoingEvent[]> {
  if (kind === "payout") {
    await releasePayout(tx, action, entityId, taskId, publish);
    return [];
  }
  if (kind === "event") {
    await releaseEvent(tx, action, entityId);
    return [];
  }
  if (action === "resume") return resumeImport(tx, entityId, cause.phase, taskId);
  await endImportWithin(tx, entityId, "dismissed");
  return [];
}
