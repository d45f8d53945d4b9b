import { z } from "zod";
import type { Records } from "../shared/store";
import { type Account, type Endpoint, find } from "./account";
import { badParameter, missing } from "./errors";
import { integer, params, parse, text } from "./params";

const range = z.strictObject({
  gt: integer().optional(),
  gte: integer().optional(),
  lt: integer().optional(),
  lte: integer().optional(),
});

/** The parameters of every list ("Pagination"), and the endpoint's own. */
export const listParams = <T extends z.ZodRawShape>(own: T, unsupported: string[] = []) =>
  params(
    {
      limit: integer(1).optional(),
      starting_after: text().optional(),
      ending_before: text().optional(),
      // `created=…` or `created[gte]=…`
      created: z
        .union([range, integer().transform((at) => ({ gte: at, lte: at, gt: undefined, lt: undefined }))])
        .optional(),
      ...own,
    },
    unsupported,
  );

interface ListParams {
  limit?: number;
  starting_after?: string;
  ending_before?: string;
  created?: z.infer<typeof range>;
}

interface Listed {
  id: string;
  created: number;
}

const isWithin = (created: number, { gt, gte, lt, lte }: z.infer<typeof range> = {}): boolean =>
  (gt === undefined || created > gt) &&
  (gte === undefined || created >= gte) &&
  (lt === undefined || created < lt) &&
  (lte === undefined || created <= lte);

/** One page of a list, newest first. */
export function listPage<T extends Listed>(
  records: Records<T>,
  url: string,
  params: ListParams,
  what: string,
  matches: (record: T) => boolean,
) {
  const { limit = 10 } = params;
  if (limit > 100)
    throw badParameter("This value must be less than or equal to 100.", "limit", "parameter_invalid_integer");
  const cursor = params.starting_after ?? params.ending_before;
  const param = params.starting_after ? "starting_after" : "ending_before";
  if (cursor !== undefined && !records.get(cursor)) throw missing(what, cursor, param);
  const all = [...records.values()].reverse();
  const at = all.findIndex((record) => record.id === cursor);
  const side = cursor === undefined ? all : params.starting_after ? all.slice(at + 1) : all.slice(0, at);
  const found = side.filter((record) => isWithin(record.created, params.created) && matches(record));
  const backwards = cursor !== undefined && !params.starting_after;
  const data = backwards ? found.slice(-limit) : found.slice(0, limit);
  return { object: "list" as const, url, has_more: found.length > limit, data };
}

/** The endpoint of a list that filters records by equal values of the fields in `filters`. */
export function listOf<T extends Listed>(
  what: string,
  select: (account: Account) => Records<T>,
  filters: (keyof T & string)[],
  unsupported: string[] = [],
): Endpoint {
  const own = Object.fromEntries(filters.map((name) => [name, text().optional()]));
  const { schema } = listParams({});
  const known = { schema: schema.extend(own), unsupported };
  return ({ account, url, form }) => {
    const given = parse(known, form);
    if (form.customer) find(account.customers, "customer", String(form.customer), "customer");
    return listPage(select(account), url, given, what, (record) =>
      filters.every((name) => form[name] === undefined || record[name] === form[name]),
    );
  };
}
