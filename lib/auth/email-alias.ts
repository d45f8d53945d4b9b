import { z } from "zod";
import type { ModelClient } from "../models";

/**
 * better-auth refuses addresses that are valid by HTML's rule, such as those with `&` or with an internationalized top-level
 * domain. They pass through it under an alias, which has the address in hexadecimal. The database gets the address itself.
 */
const ALIAS = /^x((?:[0-9a-f]{2})+)@alias\.invalid$/;

/** Returns the form in which better-auth accepts a normalized address. Nobody can register an alias. */
export function aliasOf(email: string): string {
  if (ALIAS.test(email)) return "";
  return z.email().safeParse(email).success ? email : `x${Buffer.from(email).toString("hex")}@alias.invalid`;
}

/** Returns the database client for better-auth, which resolves aliases in its queries for users, and finds users with their alias. */
export const withoutAliases = (client: Pick<ModelClient, "$extends">) =>
  client.$extends({
    query: { user: { $allOperations: async ({ args, query }) => withAlias(await query(resolveAliases(args))) } },
  });

/** better-auth compares the address of a user with the one that it looked for, and checks the one in its links. */
function withAlias(found: unknown): unknown {
  if (Array.isArray(found)) return found.map(withAlias);
  if (typeof found !== "object" || found === null || !("email" in found)) return found;
  return { ...found, email: aliasOf(String(found.email)) };
}

/** Returns whether a value of better-auth has an alias. */
export const hasAlias = (value: unknown): boolean => JSON.stringify(value ?? null).includes("@alias.invalid");

/** Returns a value of better-auth with the addresses in place of their aliases. */
export function resolveAliases<T>(value: T): T;
export function resolveAliases(value: unknown): unknown {
  if (typeof value === "string") {
    const hex = ALIAS.exec(value)?.[1];
    return hex === undefined ? value : Buffer.from(hex, "hex").toString();
  }
  if (Array.isArray(value)) return value.map((item) => resolveAliases(item));
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, resolveAliases(inner)]));
}
