import fc from "fast-check";

/** What we read of a JSON Schema, as zod writes it. */
export interface Schema {
  type?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  items?: Schema;
  minItems?: number;
  maxItems?: number;
  minLength?: number;
  maxLength?: number;
  pattern?: string;
  format?: string;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
}

/** Values by the name of their field, which no schema knows: ids of existing rows, cards, countries. */
export type Pools = Record<string, readonly unknown[]>;

/** Returns values that a schema accepts, or nearly: it has no words for some rules, such as the form of a postal code. */
export function valid(schema: Schema, pools: Pools, name = ""): fc.Arbitrary<unknown> {
  const plain = bySchema(schema, pools, name);
  const pool = pools[name];
  return pool ? fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...pool) }, { weight: 1, arbitrary: plain }) : plain;
}

function bySchema(schema: Schema, pools: Pools, name: string): fc.Arbitrary<unknown> {
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return fc.oneof(...choices.map((one) => valid(one, pools, name)));
  if (schema.allOf)
    return fc.tuple(...schema.allOf.map((one) => valid(one, pools, name))).map((parts) => Object.assign({}, ...parts));
  switch (schema.type) {
    case "object":
      return objects(schema, pools);
    case "array":
      return fc.array(valid(schema.items ?? {}, pools, name), {
        minLength: schema.minItems ?? 0,
        maxLength: Math.min(schema.maxItems ?? 3, Math.max(3, schema.minItems ?? 0)),
      });
    case "string":
      return strings(schema);
    case "integer":
    case "number":
      return numbers(schema);
    case "boolean":
      return fc.boolean();
    case "null":
      return fc.constant(null);
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}

function objects({ properties = {}, required = [] }: Schema, pools: Pools): fc.Arbitrary<unknown> {
  const fields = Object.fromEntries(
    Object.entries(properties).map(([name, field]) => [name, valid(field, pools, name)]),
  );
  const some = fc.record(fields, { requiredKeys: required });
  const least = Object.fromEntries(Object.entries(fields).filter(([name]) => required.includes(name)));
  return fc.oneof(some, fc.record(least));
}

/** Addresses that no request leaves this machine for. Nothing listens there. */
const LOCAL_URLS = ["http://127.0.0.1:9/a", "http://127.0.0.1:9/b.csv?c=d", "https://127.0.0.1:9/"];

const FORMATS: Record<string, fc.Arbitrary<string>> = {
  email: fc.nat({ max: 1_000_000 }).map((n) => `buyer-${n}@customers.example`),
  uri: fc.constantFrom(...LOCAL_URLS),
  "date-time": fc
    .date({ min: new Date("2000-01-01"), max: new Date("2100-01-01"), noInvalidDate: true })
    .map((date) => date.toISOString()),
  date: fc
    .date({ min: new Date("2000-01-01"), max: new Date("2100-01-01"), noInvalidDate: true })
    .map((date) => date.toISOString().slice(0, 10)),
};

function strings({ format, pattern, minLength = 0, maxLength = 60 }: Schema): fc.Arbitrary<string> {
  const known = format === undefined ? undefined : FORMATS[format];
  if (known) return known;
  const size = { minLength, maxLength: Math.min(maxLength, Math.max(minLength, 60)) };
  const words = fc.oneof(
    fc.string({ ...size, unit: fc.constantFrom(..."abcdefghij ABC 0123456789") }),
    fc.string({ ...size, unit: "grapheme" }),
  );
  const matching = pattern === undefined ? undefined : matchesOf(pattern);
  return matching ? fc.oneof({ weight: 5, arbitrary: matching }, { weight: 1, arbitrary: words }) : words;
}

/** Returns strings that match a pattern; undefined for one that fast-check cannot invert. */
function matchesOf(pattern: string): fc.Arbitrary<string> | undefined {
  try {
    const matching = fc.stringMatching(new RegExp(pattern));
    fc.sample(matching, { numRuns: 1, seed: 1 });
    return matching;
  } catch {
    return undefined;
  }
}

function numbers(schema: Schema): fc.Arbitrary<number> {
  const whole = schema.type === "integer";
  const low = schema.minimum ?? (schema.exclusiveMinimum === undefined ? -1_000 : schema.exclusiveMinimum + 1);
  const high = schema.maximum ?? (schema.exclusiveMaximum === undefined ? low + 100_000 : schema.exclusiveMaximum - 1);
  const [min, max] = [Math.max(low, Number.MIN_SAFE_INTEGER), Math.min(high, Number.MAX_SAFE_INTEGER)];
  const near = fc.integer({ min: Math.ceil(min), max: Math.floor(Math.min(max, min + 1_000)) });
  return whole ? near : fc.oneof(near, fc.double({ min, max, noNaN: true }));
}

/** Texts that have broken programs: of other scripts, of control, of other languages, and longer than any field. */
export const HOSTILE_TEXTS = [
  ...[
    "",
    " ",
    "\u0000",
    "a\u0000b",
    "\ud800",
    "\udfff\ud800",
    "\ufffd",
    "\ufeff",
    "\u202eabc",
    "\u2028",
    "e\u0301".repeat(50),
  ],
  ...[
    "😀",
    "ﬀ",
    "İ",
    "ß",
    "Ω≈ç√∫",
    "田中さん",
    "\r\nBcc: a@b.example",
    "a\nb",
    "\u001b[31m",
    "%00",
    "%ff",
    "%s%n%x",
    "\\",
    '"',
    "'",
  ],
  ..."'; DROP TABLE orders;--|' OR 1=1 --|1)) UNION SELECT 1--|$1|$(id)|`id`|{{7*7}}|<%= 7*7 %>|#{7*7}".split("|"),
  ...["<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "javascript:alert(1)", "]]>", "<!--", "&lt;"],
  ...[
    "../../etc/passwd",
    "..\\..\\windows",
    "file:///etc/passwd",
    "http://169.254.169.254/",
    "//evil.example",
    "data:,x",
  ],
  ...[
    "__proto__",
    "constructor",
    "prototype",
    "toString",
    "hasOwnProperty",
    "null",
    "undefined",
    "NaN",
    "true",
    "[object Object]",
  ],
  ...[
    "0",
    "-1",
    "1e309",
    "0x1F",
    "1_000",
    "١٢٣",
    "9".repeat(400),
    "2026-02-30",
    "0000-01-01",
    "+275760-09-13T00:00:00.001Z",
  ],
  ...["x".repeat(256), "x".repeat(2_001), "x".repeat(20_001), "😀".repeat(5_000)],
];

/** Values of each other type, and at the edges of what a program or PostgreSQL can represent. */
export const HOSTILE_VALUES: readonly unknown[] = [
  ...[
    null,
    true,
    false,
    0,
    -0,
    -1,
    1,
    0.5,
    1e-7,
    255,
    256,
    32_767,
    32_768,
    65_536,
    2 ** 31 - 1,
    2 ** 31,
    -(2 ** 31) - 1,
  ],
  ...[2 ** 32, 2 ** 53, 2 ** 53 + 2, 2 ** 63, 1e21, 1e308, -1e308, 5e-324],
  ...[[], {}, [[]], [null], [{}], { a: 1 }, { $ne: null }, { $gt: "" }, { toString: 1 }, { length: -1 }, { toJSON: 1 }],
  ...HOSTILE_TEXTS,
];
