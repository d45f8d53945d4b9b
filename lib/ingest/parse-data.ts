import type { z } from "zod";
import { invalid } from "../errors";

/**
 * Returns a part of an event's data, by the rules of the domain that stores it. Fields that are undefined count as missing.
 * @throws AppError `validation_failed` (422), which names each wrong field; the run fails without retries
 */
export function parseData<S extends z.ZodType>(schema: S, value: unknown, path: string): z.output<S> {
  const result = schema.safeParse(withoutUndefined(value));
  if (result.success) return result.data;
  const errors = result.error.issues.map((issue) => ({
    path: [path, ...issue.path].join("."),
    message: issue.message,
  }));
  throw invalid(errors.map((error) => `data.${error.path}: ${error.message}`).join("; "), errors);
}

const withoutUndefined = (value: unknown): unknown =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined))
    : value;
