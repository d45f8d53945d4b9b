import { now } from "../clock";
import { addManualTask } from "../manual-queue";
import { withOutbox } from "../outbox";
import { importEndedEvent } from "./end-import";
import { type ImportProblem, storableProblem } from "./import-error";
import { readImport } from "./read-import";

/** Moves an import to the manual queue, with the cause and its progress. It can continue from there. */
export async function moveToManualQueue(importId: string, problem: ImportProblem): Promise<void> {
  await withOutbox(async (tx, publish) => {
    const state = await readImport(importId, tx);
    if (!state || !["queued", "fetching", "checking", "applying"].includes(state.status)) return;
    const at = now();
    const { status: phase, url, fetched, length, byteCursor, lineCursor, spentMs } = state;
    const data = { status: "manual" as const, problem: storableProblem(problem), progressedAt: at };
    await tx.import.updateMany({ where: { id: importId }, data });
    await addManualTask(tx, "import", importId, {
      ...problem,
      ...{ phase, url, fetched, length, byteCursor, lineCursor, spentMs },
    });
    publish(importEndedEvent(importId, "manual", at));
  });
}
