import type { z } from "zod";
import type { FieldError } from "@/lib/errors";

type Issue = z.core.$ZodRawIssue;

const TYPES: Record<string, string> = {
  string: "must be text",
  number: "must be a number",
  int: "must be a whole number",
  boolean: "must be true or false",
  array: "must be a list",
  object: "must be an object",
  record: "must be an object",
};

const FORMATS: Record<string, string> = {
  email: "must be an email address such as ada@example.com",
  url: "must be an address such as https://example.com",
  datetime: "must be a time such as 2026-01-31T12:00:00Z",
  date: "must be a date such as 2026-01-31",
};

const number = (value: unknown): string => (typeof value === "bigint" ? value : Number(value)).toLocaleString("en");

/**
 * Returns the message of an error for which a schema names no message of its own, in words that read well after the name of the
 * field. zod's words, such as "Too small: expected string", are those of a programmer. Pass it to `safeParse` as `error`.
 */
export function plainWords(issue: Issue): string {
  switch (issue.code) {
    case "invalid_type":
      if (issue.input === undefined || issue.input === null) return "is missing";
      return TYPES[issue.expected] ?? "is not valid";
    case "too_small":
      if (issue.origin === "string")
        return Number(issue.minimum) === 1
          ? "must not be empty"
          : `must have at least ${number(issue.minimum)} characters`;
      if (issue.origin === "array" || issue.origin === "set")
        return `must have at least ${number(issue.minimum)} ${Number(issue.minimum) === 1 ? "entry" : "entries"}`;
      return `must be ${issue.inclusive === false ? "more than" : "at least"} ${number(issue.minimum)}`;
    case "too_big":
      if (issue.origin === "string") return `must have at most ${number(issue.maximum)} characters`;
      if (issue.origin === "array" || issue.origin === "set")
        return `must have at most ${number(issue.maximum)} entries`;
      return `must be ${issue.inclusive === false ? "less than" : "at most"} ${number(issue.maximum)}`;
    case "invalid_format":
      return FORMATS[issue.format] ?? "does not have the right form";
    case "not_multiple_of":
      return `must be a multiple of ${number(issue.divisor)}`;
    case "invalid_value": {
      const values = issue.values.map(String);
      return values.length === 1 ? `must be ${values[0]}` : `must be one of ${values.join(", ")}`;
    }
    default:
      return "is not valid";
  }
}

/** Returns one error per wrong field. Each message reads well after the name of the field. */
export function fieldErrors(error: z.core.$ZodError): FieldError[] {
  return error.issues.flatMap((issue) => {
    if (issue.code === "unrecognized_keys")
      return issue.keys.map((key) => ({
        path: [...issue.path, key].join("."),
        message: "is not a field of this request",
      }));
    return [{ path: issue.path.join("."), message: issue.message }];
  });
}
