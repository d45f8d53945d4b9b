import { z } from "zod";
import { badParameter } from "./errors";
import type { FormValue } from "./form";

/** A value that Stripe refuses, with its words and its code. */
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

/** Text that an empty string unsets; the SDK sends null as an empty string. */
export const unsettable = () => param((value) => (value === "" ? null : readText(value)));

export const integer = (least = Number.NEGATIVE_INFINITY) =>
  param((value) => {
    if (typeof value !== "string" || !/^-?\d{1,15}$/.test(value)) {
      throw new BadValue(`Invalid integer: ${typeof value === "string" ? value : "{}"}`, "parameter_invalid_integer");
    }
    if (Number(value) < least) {
      throw new BadValue(`This value must be greater than or equal to ${least}.`, "parameter_invalid_integer");
    }
    return Number(value);
  });

export const boolean = () =>
  param((value) => {
    if (value !== "true" && value !== "false") throw new BadValue(`Invalid boolean: ${JSON.stringify(value)}`);
    return value === "true";
  });

export const oneOf = <const T extends readonly string[]>(options: T) =>
  param((value): T[number] => {
    const found = options.find((option) => option === value);
    if (found === undefined) throw new BadValue(`Invalid {param}: must be one of ${options.join(", ")}`);
    return found;
  });

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

/** A parameter that Stripe knows and the stand-in does not model: refused by name, never ignored. */
export const unsupported = () =>
  param((): undefined => {
    throw new BadValue(
      "The parameter {param} exists at Stripe, but this stand-in does not model it.",
      "stand_in_unsupported",
    );
  }).optional();

export const address = () =>
  z.strictObject({
    line1: text().optional(),
    line2: unsettable().optional(),
    city: text().optional(),
    state: unsettable().optional(),
    postal_code: text().optional(),
    country: text().optional(),
  });

export const expand = () => list().optional();

const nameOf = (path: PropertyKey[]): string =>
  path.map((part, index) => (index === 0 ? String(part) : `[${String(part)}]`)).join("");

/** Parses an endpoint's parameters or throws what Stripe would answer; unknown parameters come first, as there. */
export function parse<T extends z.ZodType>(schema: T, form: { [key: string]: FormValue }): z.infer<T> {
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
  const name = nameOf(issue?.path ?? []);
  if (issue?.code !== "custom") throw badParameter("Invalid object", name);
  if (!issue.params) throw badParameter(`Missing required param: ${name}.`, name, "parameter_missing");
  const code = issue.params.code;
  throw badParameter(
    issue.message.replaceAll("{param}", () => name),
    name,
    typeof code === "string" ? code : undefined,
  );
}
