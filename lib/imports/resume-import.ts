import { z } from "zod";
import { now } from "../clock";
import type { Tx } from "../db";
import type { OutgoingEvent } from "../events";
import { enqueue } from "../outbox";
import { importEvent } from "./create-import";

const phaseSchema = z.enum(["queued", "fetching", "checking", "applying"]).catch("queued");

/**
 * Has an import that waited in the manual queue go on from where it stopped, with its time anew. One that was applying waits
 * for its turn again. The event is to be announced after the commit.
 */
export async function resumeImport(
  tx: Tx,
  importId: string,
  phase: string | undefined,
  taskId: string,
): Promise<OutgoingEvent[]> {
  const known = phaseSchema.parse(phase);
  const resumed = await tx.$executeRaw`
    UPDATE imports SET status = ${known === "applying" ? "checking" : known}::import_status, spent_ms = 0, problem = NULL, progressed_at = ${now()}
    WHERE id = ${importId} AND status = 'manual'`;
  const events = resumed === 1 ? [importEvent(importId, `:resumed:${taskId}`)] : [];
  await enqueue(tx, events);
  return events;
}
