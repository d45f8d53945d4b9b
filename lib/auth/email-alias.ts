import { z } from "zod";
import type { PrismaClient } from "@/prisma/generated/client";

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

/** Returns the database client for better-auth, which replaces aliases in its queries for users. */
export const withoutAliases = (client: PrismaClient) =>
  client
    .$extends({
      query: {
        user: {
          async findFirst({ args, query }) {
            const user = await query(args);
            // better-auth compares the address of the user with the one that it looked for.
            const alias = aliasOf(user?.email ?? "");
            return user && JSON.stringify(args).includes(alias) ? { ...user, email: alias } : user;
          },
        },
      },
    })
    // The extension before it gets the arguments first.
    .$extends({ query: { user: { $allOperations: ({ args, query }) => query(resolveAliases(args)) } } });

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
