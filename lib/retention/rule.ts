import { ago, DAY } from "../clock";
import { Prisma } from "../db";
import { retentionEnv } from "../env";

/** Something that is thrown away when it is old enough, in statements of so many rows by primary key. */
export interface RetentionRule {
  name: string;
  /** Rows that ended before are old enough. */
  before(): Date;
  /** Removes at most `limit` rows. What others hold at the moment is left for the next time. */
  statement(before: Date, limit: number): Prisma.Sql;
  /** Rows of one statement at most, where each is more work than most. */
  most?: number;
}

export const days = (count: number): Date => ago(count * DAY);
export const logs = (): Date => days(retentionEnv().RETAIN_LOG_DAYS);
export const events = (): Date => days(retentionEnv().RETAIN_EVENT_DAYS);

/** The rows of `table`, named by `key`, for which `old` holds. */
export const deletion = (table: string, key: string, old: Prisma.Sql, limit: number): Prisma.Sql =>
  Prisma.sql`DELETE FROM ${Prisma.raw(table)} WHERE (${Prisma.raw(key)}) IN (
    SELECT ${Prisma.raw(key)} FROM ${Prisma.raw(table)} WHERE ${old} LIMIT ${limit} FOR UPDATE SKIP LOCKED)`;

/** The rows of `table` that belong to a row of `owner`, for which `old` holds. */
export const deletionOf = (
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
