import { now } from "../clock";
import { transaction } from "../db";
import type { OutgoingEvent } from "../events";
import { announce } from "../outbox";
import { endImportWithin } from "./end-import";
import type { ImportState } from "./read-import";

/**
 * Takes the turn of an import whose file is complete and sound; files of one kind go in one after the other. The very file
 * that went in last changes nothing: for a product, because it holds that already; for a count of stock, because what was sold
 * since is not on the shelf again.
 */
export async function beginApplying(state: ImportState): Promise<"applying" | "waiting" | "done"> {
  const events: OutgoingEvent[] = [];
  const turn = await transaction(async (tx) => {
    events.length = 0;
    // Two that begin at the same moment: the second one waits here, and sees the first.
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext(${`import:${state.type}`}))`;
    const [turn] = await tx.$queryRaw<{ taken: boolean; same: string | null }[]>`
      SELECT EXISTS (SELECT 1 FROM imports WHERE type = ${state.type}::import_type AND status = 'applying' AND id <> ${state.id}) AS taken,
        (SELECT min(id) FROM imports i WHERE type = ${state.type}::import_type AND status = 'done' AND duplicate_of IS NULL
           AND sha256 = ${state.sha256} AND ended_at = (SELECT max(ended_at) FROM imports l
             WHERE l.type = i.type AND l.status = 'done' AND l.duplicate_of IS NULL)) AS same`;
    if (turn?.taken) return "waiting";
    const resumed = state.byteCursor > 0;
    if (turn?.same && !resumed) {
      await tx.$executeRaw`
        UPDATE imports SET duplicate_of = ${turn.same}, unchanged = coalesce(rows, 0), byte_cursor = fetched WHERE id = ${state.id}`;
      events.push(...(await endImportWithin(tx, state.id, "done")));
      return "done";
    }
    await tx.$executeRaw`
      UPDATE imports SET status = 'applying', progressed_at = ${now()} WHERE id = ${state.id} AND status = 'checking'`;
    return "applying";
  });
  await announce(events);
  return turn;
}
