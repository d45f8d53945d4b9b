import { z } from "zod";
import type { EmailStatus, NotificationStatus } from "@/prisma/generated/enums";
import { db, Prisma } from "../db";
import { normalizeEmail } from "../email-address";
import { emailEnv } from "../env";
import { countRows, pageOf, pageQuery, readCursor } from "../pagination";
import { containing, plainTextSchema } from "../text";
import { timeInputSchema } from "../time-schema";
import { timeSchema } from "../view-schemas";
import { EMAIL_KINDS } from "./email-kinds";
import { EMAIL_STATES, type EmailState, emailState, statusesOf } from "./email-states";

/** The kinds of email in the list. Emails of a broadcast have a kind of their own. */
export const LISTED_KINDS = ["broadcast", ...Object.keys(EMAIL_KINDS)];

/** An email in the operators' list, without its text. */
export const emailSummarySchema = z.strictObject({
  id: z.string(),
  /** `broadcast` for an email of a broadcast, whose id is the part before the colon of `id`. */
  kind: z.string(),
  ...{ to: z.string(), subject: z.string(), status: z.enum(EMAIL_STATES) },
  /** The highest-ranking event from the provider. */
  lastEvent: z.string().nullable(),
  ...{ error: z.string().nullable(), createdAt: timeSchema, sentAt: timeSchema.nullable() },
});

export const emailListSchema = pageQuery(50).extend({
  to: plainTextSchema(254)
    .transform((address) => normalizeEmail(address) ?? address.toLowerCase())
    .optional(),
  q: plainTextSchema(254).optional().describe("Part of the address of the recipient."),
  status: z.enum(EMAIL_STATES).optional(),
  kind: z.enum(LISTED_KINDS).optional(),
});

interface EmailQuery extends Omit<z.output<typeof emailListSchema>, "q"> {
  /** The addresses that the query selects; undefined for all. */
  recipients: Recipients | undefined;
}

type Recipients = { addresses: string[] } | { pattern: string };

/**
 * The recipients of more orders or users are not looked up. An index of the parts of all recipients would double the work of
 * PostgreSQL for each email.
 */
const MAX_LOOKED_UP = 5_000;

/**
 * Returns which recipients contain `part`. The addresses of few orders, users and operators are looked up, so that the emails of
 * each are read by an index. If many match, their emails are near each other in the list. All addresses are stored in lower case.
 */
async function findRecipients(part: string): Promise<Recipients> {
  const text = normalizeEmail(part) ?? part.toLowerCase();
  const pattern = containing(text);
  const rows = await db().$queryRaw<{ email: string }[]>`
    (SELECT email FROM orders WHERE email LIKE ${pattern} LIMIT ${MAX_LOOKED_UP}) UNION ALL
    (SELECT email FROM customer_search WHERE lower(name || ' ' || email) LIKE ${pattern} AND email LIKE ${pattern} LIMIT ${MAX_LOOKED_UP})`;
  if (rows.length >= MAX_LOOKED_UP) return { pattern };
  const { MAIL_OPERATORS } = emailEnv();
  const addresses = new Set(rows.map(({ email }) => email)).add(text);
  return { addresses: [...addresses, ...(MAIL_OPERATORS.includes(text) ? [MAIL_OPERATORS] : [])] };
}

/** The key of a page's last email: the time, then the table, then the row's key. */
const cursorSchema = z.tuple([
  timeInputSchema,
  z.enum(["broadcast", "email"]),
  plainTextSchema(100),
  z.string().max(100),
]);
type Key = z.output<typeof cursorSchema>;
const START: Key = ["9999-12-31T00:00:00Z", "email", "", ""];

interface Row extends Omit<z.output<typeof emailSummarySchema>, "createdAt" | "sentAt" | "status"> {
  status: EmailStatus | NotificationStatus;
  createdAt: Date;
  sentAt: Date | null;
  source: Key[1];
  a: string;
  b: string;
}

/** Returns a page of emails, newest first, with those of broadcasts; of some addresses, one status or one kind if given. */
export const listEmails = async (filter: z.output<typeof emailListSchema>) => readPage(await toQuery(filter));

/**
 * Returns the newest emails to addresses that have a text as a part, for a search of several kinds of rows. Those of many addresses
 * are left to the list: there is `more`.
 */
export async function searchEmails(q: string, limit: number) {
  const query = await toQuery({ q, limit });
  if (query.recipients && "pattern" in query.recipients) return { items: [], more: true };
  const { items, nextCursor } = await readPage(query);
  return { items, more: nextCursor !== null };
}

async function readPage(query: EmailQuery) {
  const { limit, cursor } = query;
  const after = cursor === undefined ? START : readCursor(cursor, cursorSchema);
  // Each half is read in the order of its index, up to the length of the page.
  const rows = await db().$queryRaw<Row[]>`
    SELECT * FROM ((${singleEmails(query, after)}) UNION ALL (${broadcastEmails(query, after)})) m
    ORDER BY "createdAt" DESC, source DESC, a DESC, b DESC LIMIT ${limit + 1}`;
  return pageOf(
    rows,
    limit,
    ({ source, a, b, status, ...email }) => ({ ...email, status: emailState(status) }),
    ({ createdAt, source, a, b }) => [createdAt.toISOString(), source, a, b],
  );
}

/** Returns the number of emails that a filter selects. */
export async function countEmails(filter: z.output<typeof emailListSchema>) {
  const query = await toQuery(filter);
  return countRows(async ({ take }) => {
    const all = { ...query, limit: take };
    const [row] = await db().$queryRaw<{ found: number }[]>`
      SELECT count(*)::int AS found FROM (
        SELECT 1 FROM ((${singleEmails(all, START)}) UNION ALL (${broadcastEmails(all, START)})) m LIMIT ${take}) counted`;
    return row?.found ?? 0;
  });
}

const toQuery = async ({ q, ...rest }: z.output<typeof emailListSchema>): Promise<EmailQuery> => ({
  ...rest,
  recipients: q === undefined ? undefined : await findRecipients(q),
});

/** Few of all emails are not sent, and have an index of their own. */
const inIndex = (status: EmailState | undefined) =>
  status === undefined || status === "sent" ? Prisma.sql`true` : Prisma.sql`status <> 'sent'`;

const singleEmails = ({ to, status, kind, limit, recipients }: EmailQuery, after: Key) => Prisma.sql`
  SELECT id, kind, recipient AS to, subject, status::text, last_event AS "lastEvent", error, created_at AS "createdAt", sent_at AS "sentAt",
    'email' AS source, id AS a, '' AS b
  FROM emails
  WHERE ${below(Prisma.sql`(created_at, 'email', id, '')`, after)} AND ${matches(Prisma.sql`recipient`, to)} AND ${inIndex(status)}
    AND ${hasState(Prisma.sql`status::text`, status)} AND ${matches(Prisma.sql`kind`, kind)} AND ${among(Prisma.sql`recipient`, recipients)}
  ORDER BY created_at DESC, id DESC LIMIT ${limit + 1}`;

const broadcastEmails = ({ to, status, kind, limit, recipients }: EmailQuery, after: Key) => Prisma.sql`
  SELECT n.broadcast_id || ':' || n.user_id, 'broadcast', n.address, t.title, n.status::text, n.last_event, n.error, n.created_at,
    CASE WHEN n.status = 'sent' THEN n.ended_at END, 'broadcast', n.broadcast_id, n.user_id
  FROM notifications n JOIN broadcasts t ON t.id = n.broadcast_id
  WHERE ${below(Prisma.sql`(n.created_at, 'broadcast', n.broadcast_id, n.user_id)`, after)} AND ${matches(Prisma.sql`n.address`, to)} AND ${hasState(Prisma.sql`n.status::text`, status)}
    AND ${matches(Prisma.sql`'broadcast'`, kind)} AND ${among(Prisma.sql`n.address`, recipients)}
  ORDER BY n.created_at DESC, n.broadcast_id DESC, n.user_id DESC LIMIT ${limit + 1}`;

const below = (key: Prisma.Sql, [at, source, a, b]: Key) =>
  Prisma.sql`${key} < (${new Date(at)}, ${source}, ${a}, ${b})`;

const matches = (column: Prisma.Sql, value: string | undefined) =>
  value === undefined ? Prisma.sql`true` : Prisma.sql`${column} = ${value}`;

const hasState = (column: Prisma.Sql, state: EmailState | undefined) =>
  state === undefined ? Prisma.sql`true` : Prisma.sql`${column} = ANY (${statusesOf(state)}::text[])`;

function among(column: Prisma.Sql, recipients: Recipients | undefined): Prisma.Sql {
  if (!recipients) return Prisma.sql`true`;
  return "pattern" in recipients
    ? Prisma.sql`${column} LIKE ${recipients.pattern}`
    : Prisma.sql`${column} = ANY (${recipients.addresses}::text[])`;
}
