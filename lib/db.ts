import { PrismaPg } from "@prisma/adapter-pg";
import { Prisma, PrismaClient } from "@/prisma/generated/client";
import { databaseEnv } from "./env";
import { statementNames } from "./prepared-statements";

export { Prisma };
export type Tx = Prisma.TransactionClient;

/** Next.js loads a module anew for each bundle and on each edit; the connections are kept on the process. */
const kept = globalThis as { steadfastDb?: PrismaClient };

/** The database. One pool for the process, opened at first use. */
export function db(): PrismaClient {
  kept.steadfastDb ??= connect();
  return kept.steadfastDb;
}

function connect(): PrismaClient {
  const { DATABASE_URL, DATABASE_POOL, DATABASE_PREPARE } = databaseEnv();
  // How Prisma's users, and hosts in their instructions for them, say that a pooler keeps no prepared statements.
  const forgetful = new URL(DATABASE_URL).searchParams.get("pgbouncer") === "true";
  const adapter = new PrismaPg(
    {
      connectionString: DATABASE_URL,
      max: DATABASE_POOL,
      connectionTimeoutMillis: 10_000,
      application_name: "steadfast",
    },
    DATABASE_PREPARE && !forgetful ? { statementNameGenerator: statementNames() } : {},
  );
  return new PrismaClient({ adapter, transactionOptions: { maxWait: 10_000, timeout: 10_000 } });
}

/** Closes the pool: at the end of the process, and between tests. */
export async function closeDb(): Promise<void> {
  await kept.steadfastDb?.$disconnect();
  kept.steadfastDb = undefined;
}

const TRIES = 5;

/**
 * Runs `work` in one transaction (READ COMMITTED; rows are locked where it matters). Nothing that leaves the database
 * belongs inside. A deadlock or serialization failure is PostgreSQL's request to try again, and is granted.
 */
export async function transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await db().$transaction(work);
    } catch (error) {
      if (attempt >= TRIES || !isConflict(error)) throw error;
    }
  }
}

/** P2034 is Prisma's name for SQLSTATE 40001 and 40P01; raw queries keep the original in their `meta`. */
function isConflict(error: unknown): boolean {
  if (!(error instanceof Prisma.PrismaClientKnownRequestError)) return false;
  return error.code === "P2034" || (error.code === "P2010" && /40001|40P01/.test(JSON.stringify(error.meta ?? "")));
}
