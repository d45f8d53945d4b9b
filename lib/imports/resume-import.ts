import { z } from "zod";
import { now } from "../clock";
import { Prisma, type Tx } from "../db";
import type { Publish } from "../outbox";
import { importEvent } from "./create-import";

const phaseSchema = z.enum(["queued", "fetching", "checking", "applying"]).catch("queued");

/**
 * Resumes an import of the manual queue from where it stopped, with a new time limit. An import that was being applied waits
 * until no other import of its type is being applied.
 */
export async function resumeImport(
  tx: Tx,
  publish: Publish,
  importId: string,
  phase: string | undefined,
  taskId: string,
): Promise<void> {
  const known = phaseSchema.parse(phase);
  const status = known === "applying" ? "checking" : known;
  const { count } = await tx.import.updateMany({
    where: { id: importId, status: "manual" },
    data: { status, spentMs: 0, problem: Prisma.DbNull, progressedAt: now() },
  });
  if (count === 1) publish(importEvent(importId, `:resumed:${taskId}`));
}
