import type { ImportType } from "@/prisma/generated/enums";
import { Layout } from "../email/layout";
import { Action, Bullets, Paragraph, Rows } from "../email/parts";
import type { Composed } from "../email/render-email";
import { appEnv } from "../env";

/** How an import ended, or why it waits. */
export interface ImportOutcome {
  id: string;
  type: ImportType;
  url: string;
  status: "done" | "failed" | "manual";
  created: number;
  updated: number;
  unchanged: number;
  /** Rows that were not taken. */
  bad: number;
  /** Why it failed or waits. */
  problem: string | null;
  /** The first of what is wrong with rows. */
  errors: { line: number; column: string; message: string }[];
}

/** To whoever began an import: it has ended, or needs a person. */
export function importEndedEmail(outcome: ImportOutcome): Composed {
  const { id, type, url, status, bad, problem, errors, ...counts } = outcome;
  const { subject, sentence } = told(outcome);
  return {
    subject,
    body: (
      <Layout preview={sentence} reason="You get this email because you began this import." title={subject} toStaff>
        <Paragraph>{sentence}</Paragraph>
        {problem ? <Paragraph>{problem}</Paragraph> : null}
        <Paragraph>The file: {place(url)}</Paragraph>
        <Rows
          rows={[
            { label: "New", value: count(counts.created) },
            { label: "Changed", value: count(counts.updated) },
            { label: "As they were", value: count(counts.unchanged) },
            { label: "Not taken", value: count(bad) },
          ]}
        />
        {errors.length > 0 ? (
          <Bullets items={errors.map(({ line, column, message }) => `Line ${line}, ${column}: ${message}`)} />
        ) : null}
        <Action href={`${appEnv().APP_URL}/console/${status === "manual" ? "manual-queue" : `imports/${id}`}`}>
          {status === "manual" ? "Decide what happens" : "See the import"}
        </Action>
      </Layout>
    ),
  };
}

function told({ type, status, bad }: ImportOutcome): { subject: string; sentence: string } {
  const what = `Import of ${type}`;
  if (status === "manual")
    return {
      subject: `${what}: it waits for you`,
      sentence: "It could not go on by itself. You can have it go on, or end it.",
    };
  if (status === "failed")
    return {
      subject: `${what}: it failed`,
      sentence: "The file could not be taken in, and trying again gives the same.",
    };
  if (bad === 0) return { subject: `${what}: done`, sentence: "Every row of the file has gone in." };
  return {
    subject: `${what}: done, but for ${count(bad)} ${bad === 1 ? "row" : "rows"}`,
    sentence: "The sound rows have gone in; what is wrong with the others is said below.",
  };
}

const count = (number: number) => number.toLocaleString("en");

/** Without its query, which may hold a key. */
function place(url: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}
