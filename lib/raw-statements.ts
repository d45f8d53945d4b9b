import { createHash } from "node:crypto";
import pg from "pg";
import { Prisma } from "@/prisma/generated/client";
import { exactNumber } from "./models";

type Template = TemplateStringsArray | Prisma.Sql;

/** The raw statements of a client or of a transaction, called as Prisma's. A call sends its statement at once. */
export interface RawStatements {
  /** Returns the rows. `test/workflow/sql-row-types.test.ts` compares their declared type with the columns. */
  $queryRaw<Rows = unknown>(template: Template, ...values: unknown[]): Promise<Rows>;
  /** Returns the number of rows that were changed. */
  $executeRaw(template: Template, ...values: unknown[]): Promise<number>;
}

/** A client of Prisma's with these raw statements. */
export type WithRawStatements<Client> = Omit<Client, keyof RawStatements> & RawStatements;

/**
 * Returns `$queryRaw` and `$executeRaw` that send statements by the `pg` driver, on the pool or on the connection of a transaction.
 * Prisma's own cost 0.7 ms of CPU for each statement, these 0.3 ms (docs/performance.md). Rows have the types
 * that our models have: number, `Decimal`, `Date`, parsed JSON.
 * @throws `pg.DatabaseError` with the SQLSTATE as `code`
 */
export function rawStatements(on: Pick<pg.PoolClient, "query">, nameOf: NameStatement): RawStatements {
  const send = (template: Template, values: unknown[]) => {
    const sql = "raw" in template ? Prisma.sql(template, ...values) : template;
    const statement = { text: sql.text, values: sql.values.map(toParameter) };
    return on.query({ ...statement, name: nameOf({ sql: statement.text, args: statement.values }), types: TYPES });
  };
  return {
    $queryRaw: async <Rows>(template: Template, ...values: unknown[]) => (await send(template, values)).rows as Rows,
    $executeRaw: async (template, ...values) => (await send(template, values)).rowCount ?? 0,
  };
}

/** `pg` would write a date in the local time zone. */
function toParameter(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString();
  return Array.isArray(value) ? value.map(toParameter) : value;
}

const { builtins } = pg.types;
const toDate = (text: string) => new Date(`${text.replace(" ", "T")}Z`);
const PARSERS = new Map<number, (text: string) => unknown>([
  [builtins.INT8, exactNumber],
  [builtins.NUMERIC, (text) => new Prisma.Decimal(text)],
  [builtins.DATE, (text) => new Date(text)],
  // A time without a zone is UTC.
  [builtins.TIMESTAMP, toDate],
]);
const TYPES: pg.CustomTypesConfig = {
  getTypeParser: (oid, format) => PARSERS.get(oid) ?? pg.types.getTypeParser(oid, format),
};

/** Names a statement for PostgreSQL, or returns nothing. */
export type NameStatement = (statement: { sql: string; args: unknown[] }) => string;

/** A connection holds its prepared statements until it ends, so their number is bounded. The app has far fewer. */
const MAX_PREPARED_STATEMENTS = 500;
/** A statement of many rows costs more to run than to plan, and its best plan depends on the rows. */
const MAX_ARGUMENT_LENGTH = 10_000;

/**
 * The best plan of a search depends on how many rows its text or its amount matches, which the plan of a named statement does not
 * know.
 */
const SEARCH = /\bI?LIKE\b|\btotal_amount [<>]=/;

/**
 * Returns a function that names statements for PostgreSQL. A connection parses and plans a named statement once, which halves
 * the database time of an order. The name is a hash of the text, so all users of a connection use the same name. The name is
 * empty if the statement is long, is a search, has no arguments (BEGIN, COMMIT), or appears for the first time: many texts are
 * used only once.
 */
export function statementNames(most = MAX_PREPARED_STATEMENTS): NameStatement {
  const names = new Map<string, string>();
  let seen = new Set<string>();
  return ({ sql, args }) => {
    if (args.length === 0 || args.some(isLong) || SEARCH.test(sql)) return "";
    const known = names.get(sql);
    if (known !== undefined || names.size >= most) return known ?? "";
    if (seen.size >= most) seen = new Set();
    const seenBefore = seen.delete(sql);
    if (seenBefore) names.set(sql, createHash("sha256").update(sql).digest("base64url"));
    else seen.add(sql);
    return names.get(sql) ?? "";
  };
}

const isLong = (arg: unknown) => (typeof arg === "string" || Array.isArray(arg)) && arg.length > MAX_ARGUMENT_LENGTH;
