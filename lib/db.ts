import { createHash } from "node:crypto";
import { PrismaPg } from "@prisma/adapter-pg";
import { Prisma, PrismaClient } from "@/prisma/generated/client";
import { databaseEnv } from "./env";

export { Prisma };
export type Tx = Prisma.TransactionClient;

/** Next.js loads a module again for each bundle and on each edit, so the process holds the connections. */
const globals = globalThis as { steadfastDb?: PrismaClient };

/** Returns the database client. The process has one pool, opened at first use. */
export function db(): PrismaClient {
  globals.steadfastDb ??= connect();
  return globals.steadfastDb;
}

function connect(): PrismaClient {
  const { DATABASE_URL, DATABASE_POOL, DATABASE_PREPARE } = databaseEnv();
  // The way in which Prisma's users say that a pooler keeps no prepared statements.
  const withoutPrepared = new URL(DATABASE_URL).searchParams.get("pgbouncer") === "true";
  const adapter = new PrismaPg(
    {
      connectionString: DATABASE_URL,
      max: DATABASE_POOL,
      connectionTimeoutMillis: 10_000,
      application_name: "steadfast",
    },
    DATABASE_PREPARE && !withoutPrepared ? { statementNameGenerator: statementNames() } : {},
  );
  return new PrismaClient({ adapter, transactionOptions: { maxWait: 10_000, timeout: 10_000 } });
}

/** Closes the pool, at the end of the process and between tests. */
export async function closeDb(): Promise<void> {
  await globals.steadfastDb?.$disconnect();
  globals.steadfastDb = undefined;
}

const MAX_ATTEMPTS = 5;

/**
 * Runs `work` in one transaction (READ COMMITTED; rows are locked where it matters). It contains no call that leaves the
 * database. After a deadlock or serialization failure it runs again.
 */
export async function transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await db().$transaction(work);
    } catch (error) {
      if (attempt >= MAX_ATTEMPTS || !isConflict(error)) throw error;
    }
  }
}

/**
 * P2034 is Prisma's name for SQLSTATE 40001 and 40P01; raw queries keep the original in their `meta`, and a COMMIT that fails throws the
 * adapter's own error.
 */
function isConflict(error: unknown): boolean {
  if (error instanceof Error && error.name === "DriverAdapterError")
    return error.message === "TransactionWriteConflict";
  if (!(error instanceof Prisma.PrismaClientKnownRequestError)) return false;
  return error.code === "P2034" || (error.code === "P2010" && /40001|40P01/.test(JSON.stringify(error.meta ?? "")));
}

/** A connection holds its prepared statements until it ends, so their number is bounded. The app has far fewer. */
const MAX_PREPARED_STATEMENTS = 500;
/** A statement of many rows costs more to run than to plan, and its best plan depends on the rows. */
const MAX_ARGUMENT_LENGTH = 10_000;

/**
 * Returns a function that names statements for PostgreSQL. A connection parses and plans a named statement once, which halves
 * the database time of an order. The name is a hash of the text, so all users of a connection use the same name. The name is
 * empty if the statement is long, has no arguments (BEGIN, COMMIT), or appears for the first time: many texts are used only once.
 */
export function statementNames(
  most = MAX_PREPARED_STATEMENTS,
): (statement: { sql: string; args: unknown[] }) => string {
  const names = new Map<string, string>();
  let seen = new Set<string>();
  return ({ sql, args }) => {
    if (args.length === 0 || args.some(isLong)) return "";
    const known = names.get(sql);
    if (known !== undefined || names.size >= most) return known ?? "";
    if (seen.size >= most) seen = new Set();
    const seenBefore = seen.delete(sql);
    if (seenBefore) names.set(sql, createHash("sha256").update(sql).digest("base64url"));
    else seen.add(sql);
    return names.get(sql) ?? "";
  };
}

const isLong = (arg: unknown) => (typeof arg === "string" || Array.isArray(arg)) && arg.length > MAX_ARGUMENT_LENGTH;
