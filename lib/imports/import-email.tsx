import type { ImportType } from "@/prisma/generated/enums";
import { ago, DAY, MINUTE } from "../clock";
import { db, Prisma } from "../db";
import { defang } from "../email/customer-text";
import { Layout } from "../email/layout";
import { Action, Bullets, Paragraph, Rows } from "../email/parts";
import type { Composed } from "../email/render-email";
import { sendEmail } from "../email/send-email";
import { appEnv } from "../env";
import type { Sweep } from "../sweep";
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
      ...{ id: true, type: true, url: true, fileName: true, created: true, updated: true, unchanged: true, bad: true },
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

/** Within this time, a live run saves its email, even if the provider is down. */
const NOTIFY_GRACE_MS = 10 * MINUTE;
/** Older ends are not notified any more. The operators are alerted long before the reconciler has been down for this time. */
const NOTIFY_HORIZON_MS = 7 * DAY;

/** As in the event `data/import-ended`: the end of a dry run is not notified, but that it waits in the manual queue is. */
export const unnotifiedImports: Sweep = {
  name: "unnotified-imports",
  description: "Emails the creator of an import that has ended or waits, and whose run was lost.",
  intervalMs: 10 * MINUTE,
  find: (at) => Prisma.sql`
    SELECT i.id FROM imports i JOIN users u ON u.id = i.created_by
    WHERE i.progressed_at BETWEEN ${ago(NOTIFY_HORIZON_MS, at)} AND ${ago(NOTIFY_GRACE_MS, at)}
      AND (i.status = 'manual' OR i.status IN ('done', 'failed') AND NOT i.dry_run)
      AND NOT EXISTS (SELECT 1 FROM emails m WHERE m.kind = 'import_ended'
        AND m.entity_id = i.id || ':' || i.status || ':' || to_char(i.progressed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
    ORDER BY i.progressed_at`,
  async repair(id) {
    const found = await db().import.findUnique({ where: { id }, select: { status: true, progressedAt: true } });
    if (found?.status === "done" || found?.status === "failed" || found?.status === "manual")
      await notifyImportCreator(id, found.status, found.progressedAt.toISOString());
  },
};

/** The outcome of an import that has ended or waits in the manual queue. */
export interface ImportOutcome {
  id: string;
  type: ImportType;
  /** The address of the file, or the name of the uploaded file. */
  url: string | null;
  fileName: string | null;
  status: "done" | "failed" | "manual";
  created: number;
  updated: number;
  unchanged: number;
  /** Rows that were not applied. */
  bad: number;
  /** Why it failed or waits. */
  problem: string | null;
  /** The first problems of rows. */
  errors: { line: number; column: string; message: string }[];
}

/** Composes the email to an import's creator when it has ended or needs a decision. */
export function importEndedEmail(outcome: ImportOutcome): Composed {
  const { id, type, url, fileName, status, bad, problem, errors, ...counts } = outcome;
  const { subject, sentence } = statusText(outcome);
  return {
    subject,
    body: (
      <Layout preview={sentence} reason="You get this email because you started this import." title={subject} toStaff>
        <Paragraph>{sentence}</Paragraph>
        {problem ? <Paragraph>{defang(problem)}</Paragraph> : null}
        <Paragraph>File: {url === null ? defang(fileName ?? "") : withoutQuery(url)}</Paragraph>
        <Rows
          rows={[
            { label: "Created", value: count(counts.created) },
            { label: "Updated", value: count(counts.updated) },
            { label: "Unchanged", value: count(counts.unchanged) },
            { label: "Rejected", value: count(bad) },
          ]}
        />
        {errors.length > 0 ? (
          <Bullets items={errors.map(({ line, column, message }) => defang(`Line ${line}, ${column}: ${message}`))} />
        ) : null}
        <Action href={`${appEnv().APP_URL}/console/${status === "manual" ? "manual-queue" : `imports/${id}`}`}>
          {status === "manual" ? "Open the manual queue" : "View the import"}
        </Action>
      </Layout>
    ),
  };
}

function statusText({ type, status, bad }: ImportOutcome): { subject: string; sentence: string } {
  const what = `Import of ${type}`;
  if (status === "manual")
    return {
      subject: `${what}: it waits for you`,
      sentence: "It needs your decision: resume it, or dismiss it.",
    };
  if (status === "failed")
    return {
      subject: `${what}: it failed`,
      sentence: "The file could not be imported. A retry would give the same result.",
    };
  if (bad === 0) return { subject: `${what}: done`, sentence: "Every row of the file was imported." };
  return {
    subject: `${what}: done, but for ${count(bad)} ${bad === 1 ? "row" : "rows"}`,
    sentence: "The valid rows were imported. The problems of the others are listed below.",
  };
}

const count = (number: number) => number.toLocaleString("en");

/** Returns a URL without its query, which may contain a secret. */
function withoutQuery(url: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}
