import fc from "fast-check";
import type { Operation } from "./document";
import { nearly } from "./mutate";
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
/** A header holds bytes, no control characters and no more than a server reads. */
const headersOf = (pairs: Pairs): Pairs =>
  pairs.map(([name, value]) => [
    name,
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

const TYPES = [
  "text/plain",
  "application/xml",
  "application/jsonp",
  "",
  "multipart/form-data",
  "multipart/form-data; boundary=b",
  "application/json; charset=utf-16",
  "text/plain;application/json",
  "application/x-www-form-urlencoded",
  "\u00ff",
];

/** Bodies that are no JSON, or JSON that no program writes. `inside` is a valid body. */
const RAW: ((inside: string) => string | Buffer)[] = [
  ...[
    "",
    "{",
    "[",
    "null",
    "1",
    '"x"',
    "undefined",
    "NaN",
    "{'a':1}",
    "{}x",
    "\u0000",
    "\ufeff{}",
    "[]",
    "[[]]",
    "{}{}",
    "--b\r\n",
    "a=b&a=c",
  ].map((text) => () => text),
  (inside) => inside.slice(0, -1),
  (inside) => inside.slice(Math.floor(inside.length / 2)),
  (inside) => `${inside}${inside}`,
  (inside) => inside.replace("{", '{"__proto__":{"role":"admin","isAdmin":true},'),
  (inside) => inside.replace("{", '{"constructor":{"prototype":{"role":"admin"}},'),
  (inside) => inside.replace("{", '{"id":"x","userId":"usr_admin","role":"admin","createdAt":"2020-01-01",'),
  (inside) => inside.replace(/"(\w+)":/, '"$1":null,"$1":'),
  (inside) => inside.replace(/:\s*\d+/, ":1e999"),
  (inside) => inside.replace(/:\s*\d+/, ":-0.0000001"),
  (inside) => inside.replace(/:\s*\d+/, `:${"9".repeat(1_000)}`),
  (inside) => inside.replace(/:"[^"]*"/, `:${"[".repeat(20_000)}${"]".repeat(20_000)}`),
  (inside) => inside.replace(/:"[^"]*"/, `:${'{"a":'.repeat(5_000)}1${"}".repeat(5_000)}`),
  (inside) => inside.replace(/:"[^"]*"/, `:"\\ud800"`),
  (inside) => inside.replace(/:"[^"]*"/, `:"\\u0000"`),
  (inside) => Buffer.concat([Buffer.from(inside.slice(0, -1)), Buffer.from([0xff, 0xfe])]),
  (inside) => Buffer.from(inside, "utf16le"),
  () => `[${"{},".repeat(10_000)}{}]`,
  () => `{${Array.from({ length: 5_000 }, (_, n) => `"k${n}":${n}`).join()}}`,
  () => Buffer.alloc(1_000_001, 32),
];

const HEADERS: Pairs[] = [
  [["accept", "text/html"]],
  [["accept", "*/*;q=x"]],
  [["content-encoding", "gzip"]],
  [["x-forwarded-for", "203.0.113.7, 10.0.0.1"]],
  [["x-forwarded-host", "evil.example"]],
  [["x-http-method-override", "DELETE"]],
  [["x-middleware-subrequest", "proxy:proxy:proxy:proxy:proxy"]],
  [["next-action", "7f096276"]],
  [["rsc", "1"]],
  [["range", "bytes=0-0,9-,-1"]],
  [["if-none-match", "*"]],
  [["origin", "https://evil.example"]],
  [["sec-fetch-site", "cross-site"]],
  [["cookie", "better-auth.session_token=a.b; __proto__=1"]],
  [["cookie", `steadfast_cart=${"x".repeat(2_000)}`]],
  [["authorization", "Bearer "]],
  [["authorization", `Bearer sk_${"x".repeat(64)}`]],
  [["authorization", "Basic YWRtaW46YWRtaW4="]],
  [["idempotency-key", "x".repeat(300)]],
  [["idempotency-key", "__proto__"]],
  [["accept-language", "x".repeat(2_000)]],
  [
    ["svix-id", "x"],
    ["svix-timestamp", "1"],
    ["svix-signature", "v1,x"],
  ],
  [["stripe-signature", "t=1,v1=x"]],
];

const PARAMS = [
  "%00",
  "%ff",
  "%",
  "%2e%2e%2f",
  "..%2f..%2fetc",
  "%F0%9F",
  "%ed%a0%80",
  "a%0d%0ab",
  ".",
  "%20",
  "x".repeat(3_000),
  "%25%27",
  "a;b",
  "a:b",
  "~",
  "*",
];
const ODD_QUERIES = [
  "?%ff=%ff",
  "?a=%00",
  "?=&=&",
  "?a&a",
  "?a[]=1&a[b]=2",
  "?__proto__[x]=1",
  `?q=${"x".repeat(4_000)}`,
  "?cursor=W10",
  "?limit=1&limit=2",
  "?token=%ed%a0%80",
  "?%",
  "?a=b#c",
];
const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];

/** Returns requests to one operation. */
export function requestsTo(operation: Operation, context: Context): Record<Intent, fc.Arbitrary<FuzzRequest>> {
  const { method, path, query, headers, body } = operation;
  const params = context.params.find(([prefix]) => path.startsWith(prefix))?.[1] ?? ["none"];
  const others = ["none", ...HOSTILE_TEXTS.filter((text) => text.length < 300).map(encode), ...PARAMS];
  const pathOf = (values: readonly string[]) =>
    fc
      .array(fc.constantFrom(...values), { minLength: 2, maxLength: 2 })
      .map(([first = "", second = ""]) => path.replace(/\{\w+\}/, first).replace(/\{\w+\}/, second));
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
  const asIs = fc.tuple(pathOf(params), queries, sent, bodies ?? fc.constant(undefined)).map((all) => parts(...all));
  const wrongQuery = fc
    .tuple(pathOf(params), nearly(queries, query), sent, bodies ?? fc.constant(undefined))
    .map((all) => parts(...all));
  const wrongHeader = fc
    .tuple(pathOf(params), queries, nearly(sent, headers), bodies ?? fc.constant(undefined))
    .map((all) => parts(...all));
  const wrongPath = fc
    .tuple(pathOf(others), queries, sent, bodies ?? fc.constant(undefined))
    .map((all) => parts(...all));
  const wrongBody =
    body && bodies && fc.tuple(pathOf(params), queries, sent, nearly(bodies, body.schema)).map((all) => parts(...all));
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
