import { now } from "../clock";
import { type Tx, transaction } from "../db";
import type { ImportProblem } from "./problem";

/** Ends an import, and forgets the file. What has gone in stays in, and is counted. */
export async function endImport(
  importId: string,
  status: "done" | "failed" | "dismissed",
  problem: ImportProblem | null = null,
): Promise<void> {
  await transaction((tx) => endImportWithin(tx, importId, status, problem));
}

export async function endImportWithin(
  tx: Tx,
  importId: string,
  status: "done" | "failed" | "dismissed",
  problem: ImportProblem | null = null,
): Promise<void> {
  const at = now();
  const ended = await tx.$executeRaw`
    UPDATE imports SET status = ${status}::import_status, ended_at = ${at}, moved_at = ${at},
      problem = coalesce(${problem === null ? null : JSON.stringify(problem)}::jsonb, problem)
    WHERE id = ${importId} AND status NOT IN ('done', 'failed', 'dismissed')`;
  if (ended === 1) await tx.$executeRaw`DELETE FROM import_parts WHERE import_id = ${importId}`;
}
