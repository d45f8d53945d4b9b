import { now } from "../clock";
import type { Tx } from "../db";
import { EVENTS, type OutgoingEvent } from "../events";
import { type Publish, withOutbox } from "../outbox";
import { type ImportProblem, storableProblem } from "./import-error";

type EndStatus = "done" | "failed" | "dismissed";

/** Ends an import and deletes its file. Rows that were applied stay, and are counted. */
export async function endImport(importId: string, status: EndStatus, problem?: ImportProblem): Promise<void> {
  await withOutbox((tx, publish) => endImportWithin(tx, publish, importId, status, problem));
}

/** `endImport` within a transaction. It publishes the end, except to the operator who dismissed the import. */
export async function endImportWithin(
  tx: Tx,
  publish: Publish,
  importId: string,
  status: EndStatus,
  problem?: ImportProblem,
): Promise<void> {
  const at = now();
  const ended = await tx.import.updateMany({
    where: { id: importId, status: { notIn: ["done", "failed", "dismissed"] } },
    data: { status, endedAt: at, progressedAt: at, ...(problem && { problem: storableProblem(problem) }) },
  });
  if (ended.count === 0) return;
  await tx.importPart.deleteMany({ where: { importId } });
  if (status !== "dismissed") publish(importEndedEvent(importId, status, at));
}

/** Returns the event by which the import's creator is notified of its end, or that it waits in the manual queue. */
export function importEndedEvent(importId: string, status: "done" | "failed" | "manual", at: Date): OutgoingEvent {
  const data = { importId, status, at: at.toISOString() };
  return { name: EVENTS.DATA_IMPORT_ENDED, id: `import-ended:${importId}:${status}:${data.at}`, data };
}
