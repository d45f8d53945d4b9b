import { z } from "zod";
import type { Collection } from "../stand-in/journal";
import { badParameter, missing } from "./errors";
import { expand, integer, text } from "./params";

const range = z.strictObject({
  gt: integer().optional(),
  gte: integer().optional(),
  lt: integer().optional(),
  lte: integer().optional(),
});

const pagination = {
  limit: integer(1).optional(),
  starting_after: text().optional(),
  ending_before: text().optional(),
  expand: expand(),
  // `created=…` or `created[gte]=…`
  created: z
    .union([range, integer().transform((at) => ({ gte: at, lte: at, gt: undefined, lt: undefined }))])
    .optional(),
};

/** The parameters of every list ("Pagination"), and the endpoint's own. */
export const listParams = <T extends z.ZodRawShape>(own: T) => z.strictObject({ ...pagination, ...own });

export interface ListParams {
  limit?: number;
  starting_after?: string;
  ending_before?: string;
  created?: z.infer<typeof range>;
}

interface Listed {
  id: string;
  created: number;
}

function within(created: number, bounds: ListParams["created"]): boolean {
  if (!bounds) return true;
  const { gt, gte, lt, lte } = bounds;
  return (
    (gt === undefined || created > gt) &&
    (gte === undefined || created >= gte) &&
    (lt === undefined || created < lt) &&
    (lte === undefined || created <= lte)
  );
}

/** One page of a list, newest first. */
export function page<T extends Listed>(
  records: Collection<T>,
  url: string,
  params: ListParams,
  what: string,
  matches: (record: T) => boolean,
) {
  const limit = params.limit ?? 10;
  if (limit > 100) {
    throw badParameter("This value must be less than or equal to 100.", "limit", "parameter_invalid_integer");
  }
  const cursor = params.starting_after ?? params.ending_before;
  const param = params.starting_after ? "starting_after" : "ending_before";
  if (cursor !== undefined && !records.get(cursor)) throw missing(what, cursor, param);
  const all = [...records.values()].reverse();
  const at = all.findIndex((record) => record.id === cursor);
  const side = cursor === undefined ? all : params.starting_after ? all.slice(at + 1) : all.slice(0, at);
  const found = side.filter((record) => within(record.created, params.created) && matches(record));
  const backwards = cursor !== undefined && !params.starting_after;
  const data = backwards ? found.slice(-limit) : found.slice(0, limit);
  return { object: "list" as const, url, has_more: found.length > limit, data };
}
