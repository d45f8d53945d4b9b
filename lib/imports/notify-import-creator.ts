import { db } from "../db";
import { sendEmail } from "../email/send-email";
import { type ImportOutcome, importEndedEmail } from "./import-email";
import { importProblemSchema } from "./import-error";

/** Bad rows that the email shows. The console shows all of them. */
const MAX_ERRORS_SHOWN = 5;

/**
 * Emails the creator of an import how it ended, once for each `at`. Returns the email's id, or null if the import does not
 * exist, its creator has been deleted, or it has been resumed since.
 */
export async function notifyImportCreator(
  importId: string,
  status: ImportOutcome["status"],
  at: string,
): Promise<string | null> {
  const row = await db().import.findUnique({
    where: { id: importId, status },
    select: {
      ...{ id: true, type: true, url: true, created: true, updated: true, unchanged: true, bad: true },
      problem: true,
      createdBy: true,
      errors: {
        select: { line: true, columnName: true, message: true },
        orderBy: [{ line: "asc" }, { columnName: "asc" }],
        take: MAX_ERRORS_SHOWN,
      },
    },
  });
  const creator = row && (await db().user.findUnique({ where: { id: row.createdBy }, select: { email: true } }));
  if (!creator) return null;
  const outcome: ImportOutcome = {
    ...row,
    status,
    problem: importProblemSchema.nullable().parse(row.problem)?.message ?? null,
    errors: row.errors.map(({ line, columnName, message }) => ({ line, column: columnName, message })),
  };
  const key = { kind: "import_ended" as const, entityId: `${importId}:${status}:${at}`, to: creator.email };
  return sendEmail(key, () => importEndedEmail(outcome));
}
