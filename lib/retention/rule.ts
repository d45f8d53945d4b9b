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

/** A table with the columns of its primary key. */
type Table = [name: string, key: string];

/** Returns the rule that deletes the rows of a table for which `old` holds. */
export const deleteRows = (
  name: string,
  [table, key]: Table,
  before: () => Date,
  old: (before: Date) => Prisma.Sql,
): RetentionRule => ({
  name,
  before,
  statement: (before, limit) => Prisma.sql`DELETE FROM ${Prisma.raw(table)} WHERE (${Prisma.raw(key)}) IN (
    SELECT ${Prisma.raw(key)} FROM ${Prisma.raw(table)} WHERE ${old(before)} LIMIT ${limit} FOR UPDATE SKIP LOCKED)`,
});

/** Returns the rule that deletes the rows of a table whose row `o` of the table `owner` is old; `on` is the foreign key. */
export const deleteRowsOf = (
  name: string,
  [table, key]: Table,
  { owner, on }: { owner: string; on: string },
  before: () => Date,
  old: (before: Date) => Prisma.Sql,
): RetentionRule => {
  const qualified = Prisma.raw(key.replace(/\w+/g, "r.$&"));
  return {
    name,
    before,
    statement: (before, limit) => Prisma.sql`DELETE FROM ${Prisma.raw(table)} WHERE (${Prisma.raw(key)}) IN (
      SELECT ${qualified} FROM ${Prisma.raw(owner)} o JOIN ${Prisma.raw(table)} r ON r.${Prisma.raw(on)} = o.id
      WHERE ${old(before)} LIMIT ${limit} FOR UPDATE OF r SKIP LOCKED)`,
  };
};
