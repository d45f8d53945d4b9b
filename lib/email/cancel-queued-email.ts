import { Prisma } from "../db";
import type { EmailKind } from "./email-kinds";

/**
 * The UPDATE that takes back emails that are written down and could not be sent yet, because what they say has ceased to be
 * true. Part of the statement that makes it untrue, so that no later try sends them.
 */
export function queuedEmailCancellation(kind: EmailKind, entityId: string): Prisma.Sql {
  return Prisma.sql`UPDATE emails SET status = 'suppressed' WHERE kind = ${kind} AND entity_id = ${entityId} AND status = 'queued'`;
}
