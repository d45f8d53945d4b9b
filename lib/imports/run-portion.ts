import { db } from "../db";
import { AppError } from "../errors";
import { endImport } from "./end-import";
import { ImportError, storableProblem } from "./import-error";
import { moveToManualQueue } from "./move-to-manual-queue";
import { type ImportState, type Portion, readImport } from "./read-import";

/** The progress of an import after a portion of work. */
export type Progress = Exclude<Portion, "over_time"> | "failed" | "manual" | "dismissed" | "not_found";

/**
 * Does a portion of work on an import that has not ended. A problem of the file ends the import with a report. An import that
 * takes too long moves to the manual queue. Any other error is thrown, so the step is retried.
 */
export async function runPortion(importId: string, work: (state: ImportState) => Promise<Portion>): Promise<Progress> {
  const state = await readImport(importId);
  if (!state) return "not_found";
  const { status } = state;
  if (status === "done" || status === "failed" || status === "manual" || status === "dismissed") return status;
  try {
    const portion = await work(state);
    if (portion !== "over_time") return portion;
    await moveToManualQueue(importId, { code: "over_time", message: "The import has taken longer than one may." });
    return "manual";
  } catch (error) {
    if (error instanceof AppError && error.code === "source_unavailable") await saveOutage(importId, error.message);
    if (!(error instanceof ImportError)) throw error;
    await endImport(importId, "failed", error.problem);
    return "failed";
  }
}

/** Shows why an import does not progress. Its next attempt, or its end, replaces the problem. */
async function saveOutage(id: string, message: string): Promise<void> {
  const problem = storableProblem({ code: "source_unavailable", message: `${message} It is tried again.` });
  await db().import.updateMany({
    where: { id, status: { in: ["queued", "fetching"] } },
    data: { status: "fetching", problem },
  });
}
