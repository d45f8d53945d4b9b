import { Prisma } from "../db";
import type { EmailKind } from "./email-kinds";

/**
 * Returns the UPDATE that cancels queued emails whose content is out of date. It is part of the statement that changes the
 * state, so no retry sends them.
 */
export function queuedEmailCancellation(kind: EmailKind, entityId: string): Prisma.Sql {
  return Prisma.sql`UPDATE emails SET status = 'suppressed' WHERE kind = ${kind} AND entity_id = ${entityId} AND status = 'queued'`;
}
