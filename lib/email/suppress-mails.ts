import { Prisma } from "../db";
import type { MailKind } from "./mail-kinds";

/**
 * The UPDATE that takes back mails that are written down and could not be sent yet, because what they say has ceased to be
 * true. Part of the statement that makes it untrue, so that no later try sends them.
 */
export function mailsSuppression(kind: MailKind, entityId: string): Prisma.Sql {
  return Prisma.sql`UPDATE mails SET status = 'suppressed' WHERE kind = ${kind} AND entity_id = ${entityId} AND status = 'queued'`;
}
