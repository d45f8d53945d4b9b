import { now } from "./clock";
import type { Tx } from "./db";
import { newId } from "./ids";
import { storableJson } from "./text";

/** The kinds of work that can wait for a decision of an operator. */
export type ManualKind = "import" | "payout" | "event" | "payment" | "refund" | "subscription_refund";

/** Adds work to the manual queue, unless it already waits there. The console shows `cause` to the operator. */
export async function addManualTask(
  tx: Tx,
  kind: ManualKind,
  entityId: string,
  cause: { code: string; message: string; [more: string]: unknown },
): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO manual_queue (id, kind, entity_id, cause, created_at)
    VALUES (${newId("task")}, ${kind}, ${entityId}, ${storableJson(cause)}::jsonb, ${now()})
    ON CONFLICT (kind, entity_id) WHERE resolved_at IS NULL DO NOTHING`;
}
