import { z } from "zod";
import { invalid } from "./errors";
import { isPlainText } from "./text";
import { timeInputSchema } from "./time-schema";

export interface Page<T> {
  items: T[];
  /** The cursor of the next page; null on the last page. */
  nextCursor: string | null;
}

/** The rows of a list that the console counts. A narrower filter reaches the others. */
export const MAX_COUNTED = 10_000;

/** The number of all rows of a list, or `MAX_COUNTED` if there are `more`. */
export interface Total {
  total: number;
  more: boolean;
}

/** Returns the number of rows that `count` finds when it counts no more than `take`. */
export async function countRows(count: (limit: { take: number }) => Promise<number>): Promise<Total> {
  const found = await count({ take: MAX_COUNTED + 1 });
  return { total: Math.min(found, MAX_COUNTED), more: found > MAX_COUNTED };
}

/** Returns a page of `rows`, which were read with `limit + 1`. `key` returns the sort key of a row, for the next cursor. */
export function pageOf<R, T>(rows: R[], limit: number, view: (row: R) => T, key: (row: R) => unknown[]): Page<T> {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { items: page.map(view), nextCursor: rows.length > limit && last !== undefined ? write(key(last)) : null };
}

const write = (key: unknown[]) => Buffer.from(JSON.stringify(key)).toString("base64url");

/** @throws AppError `validation_failed` (422) for a text that is not a cursor of this list */
export function readCursor<S extends z.ZodType>(cursor: string, schema: S): z.output<S> {
  try {
    const key = schema.parse(JSON.parse(Buffer.from(cursor, "base64url").toString()));
    if (isStorable(key)) return key;
  } catch {
    // The error follows below.
  }
  throw invalid("The request is not valid.", [{ path: "cursor", message: "is not a cursor of this list" }]);
}

const isStorable = (key: unknown): boolean =>
  !Array.isArray(key) || key.every((part) => typeof part !== "string" || isPlainText(part));

/** A sort key has one name or address at most, of 254 characters in three bytes each. */
const MAX_CURSOR_LENGTH = 2_000;

/** Returns the schema of a list's query, with the default and the largest `limit`. */
export const pageQuery = (limit: number, max = 100) =>
  z.strictObject({
    limit: z.coerce.number().int().min(1).max(max).default(limit),
    cursor: z.string().max(MAX_CURSOR_LENGTH).optional(),
  });

const newestFirstSchema = z.tuple([timeInputSchema, z.string()]);

/** Returns the last row of the page before, in a list of rows with `createdAt` and `id`, newest first. */
export function readNewestFirst(cursor: string | undefined): { at: Date; id: string } | undefined {
  if (cursor === undefined) return undefined;
  const [at, id] = readCursor(cursor, newestFirstSchema);
  return { at: new Date(at), id };
}

/** Returns Prisma's arguments for a page of rows with `createdAt` and `id`, newest first, to be spread into `findMany`. */
export function newestFirst({ limit, cursor }: { limit: number; cursor?: string }) {
  const after = readNewestFirst(cursor);
  return {
    where: after && { createdAt: { lte: after.at }, OR: [{ createdAt: { lt: after.at } }, { id: { lt: after.id } }] },
    orderBy: [{ createdAt: "desc" as const }, { id: "desc" as const }],
    take: limit + 1,
  };
}

/** Returns the page of rows that were read with `newestFirst`. */
export const newestFirstPage = <R extends { createdAt: Date; id: string }, T>(
  rows: R[],
  limit: number,
  view: (row: R) => T,
): Page<T> => pageOf(rows, limit, view, ({ createdAt, id }) => [createdAt.toISOString(), id]);
