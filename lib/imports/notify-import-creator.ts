import { db } from "../db";
import { sendEmail } from "../email/send-email";
import { type ImportOutcome, importEndedEmail } from "./import-email";

/** As many bad rows as an email shows; the console has all of them. */
const SHOWN = 5;

/**
 * Emails whoever began an import how it ended, once for each `at` that it did. Returns the email's id; null when there is no
 * such import, its manager is gone, or it has gone on since.
 */
export async function notifyImportCreator(
  importId: string,
  status: ImportOutcome["status"],
  at: string,
): Promise<string | null> {
  const [row] = await db().$queryRaw<(ImportOutcome & { to: string })[]>`
    SELECT i.id, i.type, i.url, ${status} AS status, i.created, i.updated, i.unchanged, i.bad, i.problem->>'message' AS problem, u.email AS to,
      (SELECT coalesce(json_agg(e), '[]') FROM (
        SELECT line, column_name AS "column", message FROM import_errors
        WHERE import_id = i.id ORDER BY line, column_name LIMIT ${SHOWN}) e) AS errors
    FROM imports i JOIN users u ON u.id = i.created_by WHERE i.id = ${importId} AND i.status = ${status}::import_status`;
  if (!row) return null;
  const { to, ...outcome } = row;
  return sendEmail({ kind: "import_ended", entityId: `${importId}:${status}:${at}`, to }, () =>
    importEndedEmail(outcome),
  );
}
