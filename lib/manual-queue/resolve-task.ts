import { z } from "zod";
import { now } from "../clock";
import { type Tx, transaction } from "../db";
import { conflict, notFound } from "../errors";
import type { OutgoingEvent } from "../events";
import { endImportWithin } from "../imports/end-import";
import { resumeImport } from "../imports/resume-import";
import { announce } from "../outbox";
import { plainText } from "../text";

export const resolutionSchema = z.strictObject({
  /** `resume` has it go on from where it stopped, with its time anew; `dismiss` ends it. */
  action: z.enum(["resume", "dismiss"]).default("resume"),
  note: plainText(1_000).optional(),
});

/**
 * Takes a task out of the manual queue. Two who decide at the same moment make one decision; repeating it changes nothing.
 * @throws AppError `not_found` (404), `already_resolved` (409) when it was decided otherwise.
 */
export async function resolveTask(
  id: string,
  { action, note }: z.output<typeof resolutionSchema>,
  resolvedBy: string,
): Promise<void> {
  const events = await transaction(async (tx) => {
    const [task] = await tx.$queryRaw<{ entityId: string; cause: { phase?: string }; resolution: string | null }[]>`
      SELECT entity_id AS "entityId", cause, resolution FROM manual_queue WHERE id = ${id} FOR UPDATE`;
    if (!task) throw notFound("task");
    if (task.resolution !== null && task.resolution !== action)
      throw conflict("already_resolved", `Somebody has decided to ${task.resolution} this.`);
    if (task.resolution !== null) return [];
    await tx.$executeRaw`
      UPDATE manual_queue SET resolved_at = ${now()}, resolved_by = ${resolvedBy}, resolution = ${action}, note = ${note ?? null}
      WHERE id = ${id}`;
    return apply(tx, action, task.entityId, task.cause.phase, id);
  });
  await announce(events);
}

async function apply(
  tx: Tx,
  action: "resume" | "dismiss",
  importId: string,
  phase: string | undefined,
  taskId: string,
): Promise<OutgoingEvent[]> {
  if (action === "resume") return resumeImport(tx, importId, phase, taskId);
  await endImportWithin(tx, importId, "dismissed");
  return [];
}
