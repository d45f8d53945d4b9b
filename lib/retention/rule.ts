import { ago, DAY } from "../clock";
import { Prisma } from "../db";
import { retentionEnv } from "../env";

/** Deletes old rows of one kind, in statements of a limited number of rows by primary key. */
export interface RetentionRule {
  name: string;
  /** Rows that ended before this moment are old enough. */
  before(): Date;
  /** Returns the statement that deletes at most `limit` rows and skips locked ones. */
  statement(before: Date, limit: number): Prisma.Sql;
  /** A lower limit of rows per statement, for rows that take much work. */
  maxRows?: number;
}

export const daysAgo = (count: number): Date => ago(count * DAY);
export const logCutoff = (): Date => daysAgo(retentionEnv().RETAIN_LOG_DAYS);
export const eventCutoff = (): Date => daysAgo(retentionEnv().RETAIN_EVENT_DAYS);

/** Returns the DELETE of rows of `table` with the primary key `key` for which `old` holds. */
export const deletion = (table: string, key: string, old: Prisma.Sql, limit: number): Prisma.Sql =>
  Prisma.sql`DELETE FROM ${Prisma.raw(table)} WHERE (${Prisma.raw(key)}) IN (
    SELECT ${Prisma.raw(key)} FROM ${Prisma.raw(table)} WHERE ${old} LIMIT ${limit} FOR UPDATE SKIP LOCKED)`;

/** Returns the DELETE of rows of `table` whose row `o` of `owner` is old. */
export const deletionByOwner = (
  { table, key, owner, on }: Record<"table" | "key" | "owner" | "on", string>,
  old: Prisma.Sql,
  limit: number,
): Prisma.Sql => {
  const own = Prisma.raw(
    key
      .split(", ")
      .map((column) => `r.${column}`)
      .join(", "),
  );
  return Prisma.sql`DELETE FROM ${Prisma.raw(table)} WHERE (${Prisma.raw(key)}) IN (
    SELECT ${own} FROM ${Prisma.raw(owner)} o JOIN ${Prisma.raw(table)} r ON r.${Prisma.raw(on)} = o.id
    WHERE ${old} LIMIT ${limit} FOR UPDATE OF r SKIP LOCKED)`;
};
