import type { Records } from "../shared/store";
import type { Account, Endpoint } from "./account";
import { badParameter } from "./errors";
import { limitOf } from "./listing";
import { integer, params, parse, text } from "./params";
import type { CustomerRecord, PaymentIntentRecord } from "./records";

/** One clause of a search: a field, perhaps a metadata key, an operator and a value. */
interface Clause {
  negated: boolean;
  field: string;
  key?: string;
  operator: ":" | "~" | ">" | "<" | ">=" | "<=";
  value: string | null;
}

const CLAUSE =
  /^(-)?\s*([a-z_.]+)(?:\[(?:"([^"]*)"|'([^']*)')\])?\s*(:|~|>=|<=|>|<)\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|(null|-?\d+))\s*/i;
const JOIN = /^(AND|OR)\s+/i;

const unquote = (text: string) => text.replace(/\\(.)/g, "$1");

function refuse(detail: string): never {
  throw badParameter(`We were unable to parse your search query. ${detail}`, "query");
}

/** The searchable values of a record: fields by name, metadata by key. */
interface Searchable {
  fields: Record<string, string | number | null>;
  metadata: Record<string, string>;
}

/** Compiles Stripe's query language ("Search"): up to ten clauses joined by AND or by OR, not both. */
function compileSearch(query: string, fields: readonly string[]): (record: Searchable) => boolean {
  const clauses: Clause[] = [];
  const joins = new Set<string>();
  let rest = query.trim();
  while (rest !== "") {
    const match = CLAUSE.exec(rest);
    if (!match) refuse(`Near: ${rest.slice(0, 40)}`);
    const [whole, minus, field = "", key1, key2, operator, double, single, bare] = match;
    if (field !== "metadata" && !fields.includes(field)) refuse(`Field \`${field}\` is an unsupported search field.`);
    const quoted = double ?? single;
    clauses.push({
      negated: minus !== undefined,
      field,
      key: key1 ?? key2,
      operator: operatorOf(operator),
      value: quoted !== undefined ? unquote(quoted) : bare === "null" ? null : (bare ?? ""),
    });
    rest = rest.slice(whole.length);
    const join = JOIN.exec(rest);
    if (rest !== "" && !join) refuse(`Near: ${rest.slice(0, 40)}`);
    if (join) {
      joins.add((join[1] ?? "").toUpperCase());
      rest = rest.slice(join[0].length);
      if (rest === "") refuse("A clause is missing at the end.");
    }
  }
  if (clauses.length === 0 || clauses.length > 10) refuse("A query has one to ten clauses.");
  if (joins.size > 1) refuse("AND and OR cannot be used together.");
  if (joins.has("OR")) return (record) => clauses.some((clause) => holds(clause, record));
  return (record) => clauses.every((clause) => holds(clause, record));
}

function operatorOf(text: string | undefined): Clause["operator"] {
  const known = ([":", "~", ">", "<", ">=", "<="] as const).find((operator) => operator === text);
  return known ?? refuse(`Unknown operator ${text}.`);
}

function holds(clause: Clause, record: Searchable): boolean {
  return matches(clause, record) !== clause.negated;
}

function matches({ field, key, operator, value }: Clause, record: Searchable): boolean {
  const actual = key === undefined ? (record.fields[field] ?? null) : (record.metadata[key] ?? null);
  // "Search": null finds records without the field; "-" in front finds records with it.
  if (value === null) return actual === null;
  if (actual === null) return false;
  switch (operator) {
    case ":":
      return typeof actual === "number" ? actual === Number(value) : actual.toLowerCase() === value.toLowerCase();
    case "~":
      return String(actual).toLowerCase().includes(value.toLowerCase());
    case ">":
      return Number(actual) > Number(value);
    case "<":
      return Number(actual) < Number(value);
    case ">=":
      return Number(actual) >= Number(value);
    case "<=":
      return Number(actual) <= Number(value);
  }
}

const searchParams = params({ query: text(), limit: integer(1).optional(), page: text().optional() });

const pageToken = (id: string) => Buffer.from(id).toString("base64url");

/** The endpoint of a search. New objects stay hidden for `searchLagMs`; Stripe says up to a minute ("Search"). */
const searchOf =
  <T extends { id: string; created: number }>(
    select: (account: Account) => Records<T>,
    fields: string[],
    view: (record: T) => Searchable,
  ): Endpoint =>
  ({ account, url, form }) => {
    const given = parse(searchParams, form);
    const limit = limitOf(given);
    const matches = compileSearch(given.query, fields);
    const newest = account.clock.now() - account.searchLagMs;
    const isVisible = (record: T) => account.searchLagMs === 0 || record.created * 1000 <= newest;
    const all = [...select(account).values()].reverse();
    const found = all.filter((record) => isVisible(record) && matches(view(record)));
    const at = given.page === undefined ? 0 : found.findIndex((record) => pageToken(record.id) === given.page);
    if (at < 0) throw badParameter("Invalid page token.", "page");
    const next = found[at + limit];
    return {
      object: "search_result" as const,
      url,
      has_more: next !== undefined,
      next_page: next ? pageToken(next.id) : null,
      data: found.slice(at, at + limit),
    };
  };

export const searchIntents = searchOf(
  (account) => account.paymentIntents,
  ["amount", "created", "currency", "customer", "status"],
  ({ amount, created, currency, customer, status, metadata }: PaymentIntentRecord) => ({
    ...{ fields: { amount, created, currency, customer, status }, metadata },
  }),
);

export const searchCustomers = searchOf(
  (account) => account.customers,
  ["created", "email", "name", "phone"],
  ({ created, email, name = null, phone = null, metadata }: CustomerRecord) => ({
    ...{ fields: { created, email, name, phone }, metadata },
  }),
);
