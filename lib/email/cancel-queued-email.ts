import { Prisma } from "../db";
import type { EmailKind } from "./email-kinds";

/**
 * Returns the UPDATE that cancels emails which are queued and no longer true. It is part of the statement that makes them
 * untrue, so no retry sends them.
 */
export function queuedEmailCancellation(kind: EmailKind, entityId: string): Prisma.Sql {
  return Prisma.sql`UPDATE emails SET status = 'suppressed' WHERE kind = ${kind} AND entity_id = ${entityId} AND status = 'queued'`;
}
