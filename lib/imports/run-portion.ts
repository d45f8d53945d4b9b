import { endImport } from "./end-import";
import { ImportError } from "./import-error";
import { moveToManualQueue } from "./move-to-manual-queue";
import { type ImportState, type Portion, readImport } from "./read-import";

/** Where an import stands after a step of work on it. */
export type Progress = Exclude<Portion, "over_time"> | "failed" | "manual" | "dismissed" | "no_longer_there";

/**
 * Does a portion of work on an import that has not come to its end. What is wrong with the file ends it, with a report; what
 * takes too long goes to the manual queue; anything else is thrown, for the step to be tried again.
 */
export async function workOnImport(
  importId: string,
  work: (state: ImportState) => Promise<Portion>,
): Promise<Progress> {
  const state = await readImport(importId);
  if (!state) return "no_longer_there";
  const { status } = state;
  if (status === "done" || status === "failed" || status === "manual" || status === "dismissed") return status;
  try {
    const portion = await work(state);
    if (portion !== "over_time") return portion;
    await moveToManualQueue(importId, { code: "over_time", message: "The import has taken longer than one may." });
    return "manual";
  } catch (error) {
    if (!(error instanceof ImportError)) throw error;
    await endImport(importId, "failed", error.problem);
    return "failed";
  }
}
