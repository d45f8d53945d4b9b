import { now } from "../clock";
import { type Tx, transaction } from "../db";
import { EVENTS, type OutgoingEvent } from "../events";
import { announce, enqueue } from "../outbox";
import type { ImportProblem } from "./import-error";

/** Ends an import, and forgets the file. What has gone in stays in, and is counted. */
export async function endImport(
  importId: string,
  status: "done" | "failed" | "dismissed",
  problem: ImportProblem | null = null,
): Promise<void> {
  await announce(await transaction((tx) => endImportWithin(tx, importId, status, problem)));
}

/** Has whoever began an import told that it has come to its end, or waits for a person. */
export function importEndedEvent(importId: string, status: "done" | "failed" | "manual", at: Date): OutgoingEvent {
  const data = { importId, status, at: at.toISOString() };
  return { name: EVENTS.DATA_IMPORT_ENDED, id: `import-ended:${importId}:${status}:${data.at}`, data };
}

/** The same within a transaction; returns what is to be announced after it. Whoever dismisses one need not be told. */
export async function endImportWithin(
  tx: Tx,
  importId: string,
  status: "done" | "failed" | "dismissed",
  problem: ImportProblem | null = null,
): Promise<OutgoingEvent[]> {
  const at = now();
  const ended = await tx.$executeRaw`
    UPDATE imports SET status = ${status}::import_status, ended_at = ${at}, progressed_at = ${at},
      problem = coalesce(${problem === null ? null : JSON.stringify(problem)}::jsonb, problem)
    WHERE id = ${importId} AND status NOT IN ('done', 'failed', 'dismissed')`;
  if (ended === 0) return [];
  await tx.$executeRaw`DELETE FROM import_parts WHERE import_id = ${importId}`;
  const events = status === "dismissed" ? [] : [importEndedEvent(importId, status, at)];
  await enqueue(tx, events);
  return events;
}
