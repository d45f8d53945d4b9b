import { PrismaPg } from "@prisma/adapter-pg";
import pg from "pg";
import { Prisma } from "@/prisma/generated/client";
import { databaseEnv } from "./env";
import { AppError } from "./errors";
import { createModels, type ModelClient, type Row } from "./models";
import { Models, Pool, type Tx } from "./models-in-transaction";
import { type NameStatement, rawStatements, statementNames, type WithRawStatements } from "./raw-statements";

export type { Row, Tx };
export { Prisma };

type Client = WithRawStatements<ModelClient>;

interface Database {
  client: Client;
  pool: Pool;
  nameOf: NameStatement;
}

/** Next.js loads a module again for each bundle and on each edit, so the process holds the connections. */
const globals = globalThis as { steadfastDatabase?: Database };

function database(): Database {
  globals.steadfastDatabase ??= connect();
  return globals.steadfastDatabase;
}

/** Returns the database client. The process has one pool, opened at first use. */
export const db = (): Client => database().client;

/** How long a request waits for a connection, a statement for a lock, and a transaction of Prisma's for its end. */
const MAX_WAIT_MS = 10_000;
const CONNECTION_LIMITS = `SET lock_timeout = ${MAX_WAIT_MS}`;
/**
 * PostgreSQL ends a transaction that does nothing for this time, so that a process that is stopped keeps no lock. Each transaction
 * sets its own limits: behind a pooler in transaction mode, it may have another connection than the one that was set up.
 */
const BEGIN = `BEGIN; SET LOCAL lock_timeout = ${MAX_WAIT_MS}; SET LOCAL idle_in_transaction_session_timeout = ${MAX_WAIT_MS}`;

function connect(): Database {
  const { DATABASE_URL, DATABASE_POOL, DATABASE_PREPARE } = databaseEnv();
  // The way in which Prisma's users say that a pooler keeps no prepared statements.
  const withoutPrepared = new URL(DATABASE_URL).searchParams.get("pgbouncer") === "true";
  const nameOf = DATABASE_PREPARE && !withoutPrepared ? statementNames() : () => "";
  const pool = new Pool({
    connectionString: DATABASE_URL,
    max: DATABASE_POOL,
    connectionTimeoutMillis: MAX_WAIT_MS,
    application_name: "steadfast",
    // Finds out that a server is gone that has not closed the connection, such as after a failover.
    ...{ keepAlive: true, keepAliveInitialDelayMillis: MAX_WAIT_MS },
    onConnect: (connection) => connection.query(CONNECTION_LIMITS),
  });
  // An idle connection that the server ends is replaced at its next use.
  pool.on("error", ignore);
  const client = createModels({
    adapter: new PrismaPg(pool, { statementNameGenerator: nameOf }),
    transactionOptions: { maxWait: MAX_WAIT_MS, timeout: MAX_WAIT_MS },
  });
  return { client: Object.assign(client, rawStatements(pool, nameOf)), pool, nameOf };
}

/** Closes the pool, at the end of the process and between tests. */
export async function closeDb(): Promise<void> {
  const open = globals.steadfastDatabase;
  delete globals.steadfastDatabase;
  await open?.client.$disconnect();
  await open?.pool.end();
}

const MAX_ATTEMPTS = 5;

/**
 * Runs `work` in one transaction (READ COMMITTED; rows are locked where it matters). It contains no call that leaves the
 * database. After a deadlock or serialization failure it runs again.
 */
export async function transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await runOnce(work);
    } catch (error) {
      if (attempt >= MAX_ATTEMPTS || !isConflict(error)) throw error;
    }
  }
}

async function runOnce<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
  const { pool, client, nameOf } = database();
  const connection = await pool.connect();
  // The statement that is under way reports it too.
  connection.on("error", ignore);
  const models = new Models(client, pool, connection);
  let lost: Error | undefined;
  try {
    await connection.query(BEGIN);
    const result = await work(models.beside(rawStatements(connection, nameOf)));
    await models.close();
    // PostgreSQL answers ROLLBACK to the COMMIT of a transaction in which a statement has failed.
    const { command } = await connection.query("COMMIT");
    if (command !== "COMMIT") throw new Error("The transaction was rolled back, because a statement has failed.");
    return result;
  } catch (error) {
    await models.close().catch(ignore);
    await connection.query("ROLLBACK").catch((failure: Error) => {
      lost = failure;
    });
    throw error;
  } finally {
    connection.off("error", ignore);
    connection.release(lost);
  }
}

const ignore = (): void => {};

const isConflict = (error: unknown): boolean =>
  (error instanceof pg.DatabaseError && /^40(?:001|P01)$/.test(error.code ?? "")) ||
  // Prisma's models name both so.
  (error instanceof Prisma.PrismaClientKnownRequestError && error.code === "P2034");

/** Returns whether a raw statement has failed because a row with the same values of this unique index exists. */
export const isUniqueViolation = (error: unknown, index: string): boolean =>
  error instanceof pg.DatabaseError && error.code === "23505" && error.constraint === index;

/**
 * Locks a row until the transaction ends, and returns whether it exists and meets the condition (`AND …`). What is read afterwards is
 * the state under the lock.
 */
export async function lockRow(
  tx: Tx,
  table: "expenses" | "imports" | "users" | "webhook_endpoints",
  id: string,
  condition = Prisma.empty,
): Promise<boolean> {
  return (await tx.$executeRaw`SELECT 1 FROM ${Prisma.raw(table)} WHERE id = ${id} ${condition} FOR UPDATE`) > 0;
}

const accountDeleted = () => new AppError("unauthenticated", 401, "This account has been deleted.");

/**
 * Locks a user's row until the transaction ends. Every insert of a user's own data calls it first: a request that has passed its
 * session check may run beside the deletion of the account, and then waits here for its commit.
 * @throws the given error if the account is deleted: by default AppError `unauthenticated` (401), because the session has ended
 */
export async function lockUser(tx: Tx, id: string, deleted: () => AppError = accountDeleted): Promise<void> {
  if (!(await lockRow(tx, "users", id, Prisma.sql`AND deleted_at IS NULL`))) throw deleted();
}
