import fc from "fast-check";
import type { Operation } from "./document";
import { nearly } from "./mutate";
import { HEADERS, METHODS, ODD_QUERIES, PARAMS, RAW, TYPES } from "./odd";
import { HOSTILE_TEXTS, type Pools, type Schema, valid } from "./values";

export const CALLERS = ["nobody", "customer", "manager", "admin", "key", "narrow key", "order token"] as const;
export type Caller = (typeof CALLERS)[number];
/** Those who may call most. Others are refused whatever a valid request says. */
const ALLOWED: Caller[] = ["nobody", "customer", "customer", "admin", "admin", "key", "order token"];
/** `valid`: as documented. `near`: one part is wrong. `hostile`: what no client of ours sends. */
export const INTENTS = ["valid", "near", "hostile"] as const;
export type Intent = (typeof INTENTS)[number];

export interface FuzzRequest {
  operation: Operation;
  intent: Intent;
  caller: Caller;
  method: string;
  /** The path and the query, as they are sent. */
  target: string;
  headers: [name: string, value: string][];
  body?: Buffer;
}

export interface Context {
  /** Values of the fields of queries and bodies, by their name. */
  fields: Pools;
  /** The values of the parameter of a path, by the path or the beginning of it. */
  params: [prefix: string, values: string[]][];
}

type Parts = Omit<FuzzRequest, "operation" | "intent" | "caller">;
type Pairs = [name: string, value: string][];

const textOf = (value: unknown): string => (typeof value === "string" ? value : (JSON.stringify(value) ?? ""));
const pairsOf = (value: unknown): Pairs =>
  Object.entries(Object(value))
    .filter(([, one]) => one !== undefined)
    .map(([name, one]) => [name, textOf(one)]);
/** `encodeURIComponent`, which throws for half a character. */
const encode = (text: string) => encodeURIComponent(text.replaceAll(/\p{Surrogate}/gu, "\ufffd"));
const queryOf = (pairs: Pairs) =>
  pairs.length === 0 ? "" : `?${pairs.map((pair) => pair.map(encode).join("=")).join("&")}`;
/** A header has a name of letters, and bytes without control characters, no more than a server reads. */
const headersOf = (pairs: Pairs): Pairs =>
  pairs.slice(0, 20).map(([name, value]) => [
    name.replaceAll(/[^\w-]/g, "") || "x",
    Buffer.from(value)
      .toString("latin1")
      .replaceAll(/[^ -~\x80-\xff]/g, "")
      .slice(0, 3_000),
  ]);
const jsonOf = (value: unknown) => Buffer.from(JSON.stringify(value) ?? "");

/** Returns a form whose field `file` is a file. */
const multipartOf = (pairs: Pairs): Buffer =>
  Buffer.from(
    `${pairs.map(([name, value]) => `--fuzz\r\ncontent-disposition: form-data; name="${name.replaceAll('"', "%22")}"${name === "file" ? '; filename="a.csv"' : ""}\r\n\r\n${value}\r\n`).join("")}--fuzz--\r\n`,
  );

/** Returns requests to one operation. */
export function requestsTo(operation: Operation, context: Context): Record<Intent, fc.Arbitrary<FuzzRequest>> {
  const { method, path, query, headers, body } = operation;
  const params = context.params.find(([prefix]) => path.startsWith(prefix))?.[1] ?? ["none"];
  const others = ["none", ...HOSTILE_TEXTS.filter((text) => text.length < 300).map(encode), ...PARAMS];
  const pathOf = (values: readonly string[]) =>
    fc
      .array(fc.constantFrom(...values), { minLength: 2, maxLength: 2 })
      .map(([first = "", second = ""]) => path.replace(/\{\w+\}/, first).replace(/\{\w+\}/, second));
  const isNested = path.indexOf("{") !== path.lastIndexOf("{");
  const own = isNested ? fc.constant(params.reduce((text, id) => text.replace(/\{\w+\}/, id), path)) : pathOf(params);
  const queries = valid(query, context.fields);
  const sent = valid(headers, context.fields);
  const isForm = body?.mediaType === "multipart/form-data";
  const type: Pairs = body ? [["content-type", isForm ? `${body.mediaType}; boundary=fuzz` : body.mediaType]] : [];
  const bodies = body && valid(body.schema, context.fields);
  const encoded = (value: unknown) => {
    if (isForm) return multipartOf(pairsOf(value));
    return body?.mediaType === "application/x-www-form-urlencoded"
      ? Buffer.from(queryOf(pairsOf(value)).slice(1))
      : jsonOf(value);
  };
  const parts = (path: string, asked: unknown, set: unknown, payload: unknown): Parts => ({
    method,
    target: path + queryOf(pairsOf(asked)),
    headers: [...type, ...headersOf(pairsOf(set))],
    ...(body && { body: encoded(payload) }),
  });
  const asIs = fc.tuple(own, queries, sent, bodies ?? fc.constant(undefined)).map((all) => parts(...all));
  const wrongQuery = fc
    .tuple(own, nearly(queries, query), sent, bodies ?? fc.constant(undefined))
    .map((all) => parts(...all));
  const wrongHeader = fc
    .tuple(own, queries, nearly(sent, headers), bodies ?? fc.constant(undefined))
    .map((all) => parts(...all));
  const wrongPath = fc
    .tuple(pathOf(others), queries, sent, bodies ?? fc.constant(undefined))
    .map((all) => parts(...all));
  const wrongBody =
    body && bodies && fc.tuple(own, queries, sent, nearly(bodies, body.schema)).map((all) => parts(...all));
  const near = [
    ...(wrongBody ? [{ weight: 6, arbitrary: wrongBody }] : []),
    ...(Object.keys(query.properties ?? {}).length > 0 ? [{ weight: 3, arbitrary: wrongQuery }] : []),
    ...(Object.keys(headers.properties ?? {}).length > 0 ? [{ weight: 1, arbitrary: wrongHeader }] : []),
    { weight: 1, arbitrary: wrongPath },
  ];
  const addressed = (intent: Intent, arbitrary: fc.Arbitrary<Parts>) =>
    fc
      .tuple(arbitrary, fc.constantFrom(...(intent === "valid" ? ALLOWED : CALLERS)))
      .map(([one, caller]): FuzzRequest => ({ operation, intent, caller, ...one }));
  return {
    valid: addressed("valid", asIs),
    near: addressed("near", fc.oneof(...near)),
    hostile: addressed("hostile", hostile(asIs, body?.schema)),
  };
}

function hostile(requests: fc.Arbitrary<Parts>, schema: Schema | undefined): fc.Arbitrary<Parts> {
  const rawBody = fc.tuple(requests, fc.constantFrom(...RAW)).map(([one, make]): Parts => {
    const body = make(one.body?.toString() ?? "{}");
    const typed = one.headers.some(([name]) => name === "content-type");
    const type: Pairs = typed ? [] : [["content-type", "application/json"]];
    return { ...one, headers: [...type, ...one.headers], body: Buffer.from(body) };
  });
  const otherType = fc.tuple(requests, fc.constantFrom(...TYPES)).map(
    ([one, type]): Parts => ({
      ...one,
      headers: [["content-type", type], ...one.headers.filter(([name]) => name !== "content-type")],
    }),
  );
  const oddHeader = fc.tuple(requests, fc.constantFrom(...HEADERS)).map(
    ([one, more]): Parts => ({
      ...one,
      headers: [...one.headers.filter(([name]) => !more.some(([odd]) => odd === name)), ...more],
    }),
  );
  const oddQuery = fc.tuple(requests, fc.constantFrom(...ODD_QUERIES)).map(
    ([one, query]): Parts => ({
      ...one,
      target: one.target.split("?")[0] + query,
    }),
  );
  const twice = requests.map((one): Parts => {
    const [path = "", query = ""] = one.target.split("?");
    return { ...one, target: `${path}?${query}&${query || "limit=1&limit=1"}` };
  });
  const otherMethod = fc
    .tuple(requests, fc.constantFrom(...METHODS))
    .map(([one, method]): Parts => ({ ...one, method }));
  const odd = [oddHeader, oddQuery, twice, otherMethod];
  return schema ? fc.oneof(rawBody, rawBody, rawBody, otherType, ...odd) : fc.oneof(rawBody, ...odd);
}
