import { now } from "../clock";
import { transaction } from "../db";
import { addManualTask } from "../manual-queue";
import { announce, enqueue } from "../outbox";
import { importEndedEvent } from "./end-import";
import type { ImportProblem } from "./import-error";
import { readImport } from "./read-import";

/** Has an import wait in the manual queue, with its cause and how far it got. Nothing of that is lost. */
export async function moveToManualQueue(importId: string, problem: ImportProblem): Promise<void> {
  const events = await transaction(async (tx) => {
    const state = await readImport(importId, tx);
    if (!state || !["queued", "fetching", "checking", "applying"].includes(state.status)) return [];
    const at = now();
    const { status: phase, url, fetched, length, byteCursor, lineCursor, spentMs } = state;
    await tx.$executeRaw`
      UPDATE imports SET status = 'manual', problem = ${JSON.stringify(problem)}::jsonb, progressed_at = ${at} WHERE id = ${importId}`;
    await addManualTask(tx, "import", importId, {
      ...problem,
      ...{ phase, url, fetched, length, byteCursor, lineCursor, spentMs },
    });
    const event = importEndedEvent(importId, "manual", at);
    await enqueue(tx, [event]);
    return [event];
  });
  await announce(events);
}

/** After the last retry: whatever the cause, it is a person's turn. */
export async function moveFailedImportToManualQueue(importId: string, cause: string): Promise<void> {
  await moveToManualQueue(importId, { code: "gave_up", message: cause });
}
