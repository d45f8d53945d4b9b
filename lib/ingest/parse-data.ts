import { z } from "zod";
import { invalid } from "../errors";
import { type StorefrontData, type StorefrontEventName, storefrontSchemas } from "../storefront-events";
import { storableJson } from "../text";

/**
 * Returns a part of an event's data, by the rules of the domain that stores it. Fields that are undefined count as missing.
 * @throws AppError `validation_failed` (422), which names each wrong field; the run fails without retries
 */
export function parseData<S extends z.ZodType>(schema: S, value: unknown, path: string): z.output<S> {
  const result = schema.safeParse(withoutUndefined(value));
  if (result.success) return result.data;
  const errors = result.error.issues.map((issue) => ({
    path: [path, ...issue.path].filter((part) => part !== "").join("."),
    message: issue.message,
  }));
  throw invalid(errors.map((error) => `data.${error.path}: ${error.message}`).join("; "), errors);
}

const withoutUndefined = (value: unknown): unknown =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined))
    : value;

/**
 * Returns the data of a storefront's event, with the decrypted fields of `encrypted` in their places. What
 * PostgreSQL cannot store becomes U+FFFD.
 * @throws AppError as `parseData`
 */
export function parseEvent<N extends StorefrontEventName>(name: N, data: Record<string, unknown>): StorefrontData<N> {
  const { encrypted, ...open } = data;
  const known: z.ZodType = storefrontSchemas[name];
  const merged = { ...open, ...z.record(z.string(), z.unknown()).safeParse(encrypted).data };
  // A storefront may have cut a text in the middle of a character. The order counts more than that character.
  return parseData(known, JSON.parse(storableJson(merged)), "") as StorefrontData<N>;
}
