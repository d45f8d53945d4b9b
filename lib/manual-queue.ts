import { now } from "./clock";
import type { Tx } from "./db";
import { newId } from "./ids";

/** What kinds of work can wait for a person. */
export type ManualKind = "import" | "payout" | "event";

/** Puts work into the manual queue, once as long as it waits there. `cause` is shown to whoever decides. */
export async function addManualTask(
  tx: Tx,
  kind: ManualKind,
  entityId: string,
  cause: { code: string; message: string; [more: string]: unknown },
): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO manual_queue (id, kind, entity_id, cause, created_at)
    VALUES (${newId("task")}, ${kind}, ${entityId}, ${JSON.stringify(cause)}::jsonb, ${now()})
    ON CONFLICT (kind, entity_id) WHERE resolved_at IS NULL DO NOTHING`;
}
