import { z } from "zod";
import { ago, MINUTE, now } from "../clock";
import { db, lockRow, Prisma, type Tx } from "../db";
import { AppError } from "../errors";
import { EVENTS, type OutgoingEvent } from "../events";
import { batchSendEvents } from "../inngest";
import { addManualTask } from "../manual-queue";
import { type Publish, withOutbox } from "../outbox";
import { againSuffix, type Sweep } from "../sweep";
import { ImportError, type ImportProblem, storableProblem } from "./import-error";
import { type ImportState, type Portion, readImport } from "./read-import";

/** Returns the event that triggers the work on an import. `again` distinguishes a later event from the first one. */
export function importEvent(importId: string, again = ""): OutgoingEvent {
  return { name: EVENTS.DATA_IMPORT, id: `data-import:${importId}${again}`, data: { importId } };
}

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
    return (await failImport(state, error.problem)) ? "failed" : "more";
  }
}

/** Returns false, and ends nothing, if another run has brought the import to its next phase: the problem was that of an earlier one. */
async function failImport({ id, status }: ImportState, problem: ImportProblem): Promise<boolean> {
  const phases = status === "queued" ? ["queued", "fetching"] : [status];
  return withOutbox(async (tx, publish) => {
    const isSame = await lockRow(tx, "imports", id, Prisma.sql`AND status = ANY (${phases}::import_status[])`);
    if (isSame) await endImportWithin(tx, publish, id, "failed", problem);
    return isSame;
  });
}

/** Shows why an import does not progress. Its next attempt, or its end, replaces the problem. */
async function saveOutage(id: string, message: string): Promise<void> {
  const problem = storableProblem({ code: "source_unavailable", message: `${message} It is tried again.` });
  await db().import.updateMany({
    where: { id, status: { in: ["queued", "fetching"] } },
    data: { status: "fetching", problem },
  });
}

type EndStatus = "done" | "failed" | "dismissed";

/** Ends an import and deletes its file, unless it is a dry run that is done. Rows that were applied stay, and are counted. */
export async function endImport(importId: string, status: EndStatus, problem?: ImportProblem): Promise<void> {
  await withOutbox((tx, publish) => endImportWithin(tx, publish, importId, status, problem));
}

/** `endImport` within a transaction. It publishes the end, except that of a dry run, and to the operator who dismissed the import. */
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
  const { dryRun } = await tx.import.findUniqueOrThrow({ where: { id: importId }, select: { dryRun: true } });
  if (!dryRun || status !== "done") await tx.importPart.deleteMany({ where: { importId } });
  if (!dryRun && status !== "dismissed") publish(importEndedEvent(importId, status, at));
}

/** Returns the event by which the import's creator is notified of its end, or that it waits in the manual queue. */
function importEndedEvent(importId: string, status: "done" | "failed" | "manual", at: Date): OutgoingEvent {
  const data = { importId, status, at: at.toISOString() };
  return { name: EVENTS.DATA_IMPORT_ENDED, id: `import-ended:${importId}:${status}:${data.at}`, data };
}

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

/** Longer than any step of an import takes. */
const MAX_IDLE_MS = 30 * MINUTE;

export const stalledImports: Sweep = {
  name: "stalled-imports",
  description: "Starts imports again whose run was lost.",
  intervalMs: 10 * MINUTE,
  limit: 500,
  find: (at) => Prisma.sql`
    SELECT id FROM imports WHERE status IN ('queued', 'fetching', 'checking', 'applying') AND progressed_at < ${ago(MAX_IDLE_MS, at)}`,
  async repairAll(ids) {
    await batchSendEvents(ids.map((id) => importEvent(id, againSuffix())));
    return ids.length;
  },
};
