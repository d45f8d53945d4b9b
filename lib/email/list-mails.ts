import { z } from "zod";
import type { MailStatus } from "@/prisma/generated/enums";
import { MailStatus as STATUSES } from "@/prisma/generated/enums";
import { db } from "../db";
import { type Page, pageOf, readCursor } from "../paging";
import { plainText } from "../text";

/** A mail as the operators' list shows it; its text is in the inbox that it went to. */
export interface MailSummary {
  id: string;
  kind: string;
  to: string;
  subject: string;
  status: MailStatus;
  /** The last thing the provider told of it. */
  lastEvent: string | null;
  error: string | null;
  createdAt: Date;
  sentAt: Date | null;
}

export const mailListSchema = z.strictObject({
  to: plainText(254)
    .transform((address) => address.toLowerCase())
    .optional(),
  status: z.enum(STATUSES).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
  cursor: z.string().max(500).optional(),
});

const cursorSchema = z.tuple([z.iso.datetime(), plainText(100)]);

/** Mails by day, newest first; to one address, or in one state. */
export async function listMails({
  to,
  status,
  limit,
  cursor,
}: z.output<typeof mailListSchema>): Promise<Page<MailSummary>> {
  const [before, id] = cursor === undefined ? ["9999-12-31T00:00:00Z", ""] : readCursor(cursor, cursorSchema);
  const rows = await db().$queryRaw<MailSummary[]>`
    SELECT id, kind, recipient AS to, subject, status, last_event AS "lastEvent", error, created_at AS "createdAt", sent_at AS "sentAt"
    FROM mails
    WHERE (created_at, id) < (${new Date(before)}, ${id}) AND (${to ?? null}::text IS NULL OR recipient = ${to ?? null})
      AND (${status ?? null}::text IS NULL OR status = ${status ?? null}::mail_status)
    ORDER BY created_at DESC, id DESC LIMIT ${limit + 1}`;
  return pageOf(
    rows,
    limit,
    (row) => row,
    (row) => [row.createdAt.toISOString(), row.id],
  );
}
