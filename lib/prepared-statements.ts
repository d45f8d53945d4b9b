import { createHash } from "node:crypto";

/** PostgreSQL keeps what is prepared for as long as its connection lives, so that is bounded: far above what the app asks. */
const MOST = 500;
/** A statement of many rows costs more to run than to plan, and its best plan depends on them. */
const LONG = 10_000;

interface Statement {
  sql: string;
  args: unknown[];
}

/**
 * Names statements for PostgreSQL: one with a name is parsed and planned once for each connection, not each time, which is
 * half of what an order costs the database. The name is made of the text, so that it means the same to everyone who shares a
 * connection. Empty (no name) for what is long, for what comes without arguments, as BEGIN and COMMIT do, and for what is
 * seen for the first time: a text that is made for one occasion does not come again.
 */
export function statementNames(most = MOST): (statement: Statement) => string {
  const names = new Map<string, string>();
  let seen = new Set<string>();
  return ({ sql, args }) => {
    if (args.length === 0 || args.some(isLong)) return "";
    const known = names.get(sql);
    if (known !== undefined || names.size >= most) return known ?? "";
    if (seen.size >= most) seen = new Set();
    const again = seen.delete(sql);
    if (again) names.set(sql, createHash("sha256").update(sql).digest("base64url"));
    else seen.add(sql);
    return names.get(sql) ?? "";
  };
}

const isLong = (arg: unknown) => (typeof arg === "string" || Array.isArray(arg)) && arg.length > LONG;
