import { z } from "zod";
import { badParameter } from "./errors";

/** A decoded parameter: `a[b][c]=d` nests; `a[]=x` and `a[0]=x` are list items. */
export type FormValue = string | { [key: string]: FormValue };
export type Form = { [key: string]: FormValue };

const emptyForm = (): Form => Object.create(null);

function put(target: Form, [first = "", ...rest]: string[], value: string): void {
  const key = first === "" ? String(Object.keys(target).length) : first;
  if (rest.length === 0) {
    target[key] = value;
    return;
  }
  const existing = target[key];
  const inner = typeof existing === "object" ? existing : emptyForm();
  target[key] = inner;
  put(inner, rest, value);
}

/** Decodes Stripe's form encoding, which the SDK uses for bodies and query strings. */
export function decodeForm(pairs: URLSearchParams): Form {
  const form = emptyForm();
  for (const [name, value] of pairs) {
    const [head = "", ...tail] = name.split("[");
    put(form, [head, ...tail.map((part) => part.replace(/\]$/, ""))], value);
  }
  return form;
}

/** A value that Stripe refuses, with Stripe's message and code. */
class BadValue extends Error {
  constructor(
    message: string,
    readonly code?: string,
  ) {
    super(message);
  }
}

function param<T>(read: (value: FormValue) => T) {
  return z
    .custom<FormValue>((value) => value !== undefined)
    .transform((value, context): T => {
      try {
        return read(value);
      } catch (error) {
        if (!(error instanceof BadValue)) throw error;
        context.addIssue({ code: "custom", message: error.message, params: { code: error.code } });
        return z.NEVER;
      }
    });
}

const EMPTY =
  "You passed an empty string for '{param}'. We assume empty values are an attempt to unset a parameter; however '{param}' cannot be unset. You should remove '{param}' from your request or supply a non-empty value.";

function readText(value: FormValue): string {
  if (typeof value !== "string") throw new BadValue("Invalid string: {}");
  if (value === "") throw new BadValue(EMPTY, "parameter_invalid_empty");
  if (value.length > 5000)
    throw new BadValue("Invalid string: longer than 5000 characters.", "parameter_invalid_string");
  return value;
}

export const text = () => param(readText);

/** Text that an empty string unsets. The SDK sends null as an empty string. */
export const unsettable = () => param((value) => (value === "" ? null : readText(value)));

export const integer = (min = Number.NEGATIVE_INFINITY) =>
  param((value) => {
    if (typeof value !== "string" || !/^-?\d{1,15}$/.test(value))
      throw new BadValue(`Invalid integer: ${typeof value === "string" ? value : "{}"}`, "parameter_invalid_integer");
    if (Number(value) < min)
      throw new BadValue(`This value must be greater than or equal to ${min}.`, "parameter_invalid_integer");
    return Number(value);
  });

export const boolean = () =>
  param((value) => {
    if (value !== "true" && value !== "false") throw new BadValue(`Invalid boolean: ${JSON.stringify(value)}`);
    return value === "true";
  });

function readOneOf<const T extends readonly string[]>(value: FormValue, options: T): T[number] {
  const found = options.find((option) => option === value);
  if (found === undefined) throw new BadValue(`Invalid {param}: must be one of ${options.join(", ")}`);
  return found;
}

export const oneOf = <const T extends readonly string[]>(options: T) => param((value) => readOneOf(value, options));

/** One of `options`, which an empty string unsets. */
export const unsettableOneOf = <const T extends readonly string[]>(options: T) =>
  param((value) => (value === "" ? null : readOneOf(value, options)));

export const list = () =>
  param((value) => {
    if (typeof value === "string") throw new BadValue("Invalid array");
    return Object.values(value).map(readText);
  });

/** At most 50 keys of 40 characters, values of 500 ("Metadata"). An empty value unsets a key, an empty hash all. */
export const metadata = () =>
  param((value): Record<string, string> | null => {
    if (value === "") return null;
    if (typeof value === "string") throw new BadValue("Invalid hash");
    const entries: [string, string][] = Object.entries(value).map(([key, item]) => {
      if (typeof item !== "string")
        throw new BadValue(`Metadata values must be strings, but for key '${key}' you passed a hash.`);
      if (key.length > 40) throw new BadValue(`Metadata keys must be at most 40 characters: '${key}'.`);
      if (item.length > 500)
        throw new BadValue(`Metadata values can be up to 500 characters, but '${key}' has ${item.length}.`);
      return [key, item];
    });
    if (entries.length > 50) throw new BadValue("You can specify up to 50 metadata keys.");
    return Object.fromEntries(entries);
  });

/** Given keys are set, keys with an empty value are unset, the others stay. Null unsets all. */
export function mergeMetadata(before: Record<string, string>, given: Record<string, string> | null | undefined) {
  if (given === null) return {};
  return Object.fromEntries(Object.entries({ ...before, ...given }).filter(([, value]) => value !== ""));
}

interface Params<T extends z.ZodType> {
  schema: T;
  /** Parameters that Stripe has and the fake server does not support. They are refused, never ignored. */
  unsupported: string[];
}

/** The parameters of an endpoint. Every endpoint also takes `expand`. */
export const params = <T extends z.ZodRawShape>(shape: T, unsupported: string[] = []) => ({
  schema: z.strictObject({ ...shape, expand: list().optional() }),
  unsupported,
});

const nameOf = (path: PropertyKey[]): string =>
  path.map((part, index) => (index === 0 ? String(part) : `[${String(part)}]`)).join("");

/** Parses an endpoint's parameters, or throws Stripe's error. Unknown parameters come first, as at Stripe. */
export function parse<T extends z.ZodType>({ schema, unsupported }: Params<T>, form: Form): z.infer<T> {
  const name = unsupported.find((one) => one in form);
  if (name)
    throw badParameter(`Stripe has the parameter ${name}; this fake server does not.`, name, "fake_server_unsupported");
  const parsed = schema.safeParse(form);
  if (parsed.success) return parsed.data;
  const unknown = parsed.error.issues.flatMap((issue) =>
    issue.code === "unrecognized_keys" ? issue.keys.map((key) => nameOf([...issue.path, key])) : [],
  );
  if (unknown.length > 0) {
    const words = unknown.length === 1 ? "unknown parameter" : "unknown parameters";
    throw badParameter(`Received ${words}: ${unknown.join(", ")}`, unknown[0], "parameter_unknown");
  }
  const issue = parsed.error.issues[0];
  const at = nameOf(issue?.path ?? []);
  if (issue?.code !== "custom") throw badParameter("Invalid object", at);
  if (!issue.params) throw badParameter(`Missing required param: ${at}.`, at, "parameter_missing");
  const code = issue.params.code;
  throw badParameter(
    issue.message.replaceAll("{param}", () => at),
    at,
    typeof code === "string" ? code : undefined,
  );
}
