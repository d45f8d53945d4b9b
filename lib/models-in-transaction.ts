import { AsyncLocalStorage } from "node:async_hooks";
import pg from "pg";
import type { ModelClient, ModelTransaction } from "./models";
import type { RawStatements, WithRawStatements } from "./raw-statements";

/** What the work of a transaction gets. */
export type Tx = WithRawStatements<ModelTransaction>;
type PgPool = pg.Pool;
type Method = (query: unknown) => Promise<unknown>;
type AllModels = Record<string | symbol, Record<string | symbol, Method>>;

/** A pool that gives a transaction of Prisma's the connection of ours, instead of another one. */
export class Pool extends pg.Pool {
  private readonly handedOver = new AsyncLocalStorage<pg.PoolClient>();

  override connect(): Promise<pg.PoolClient>;
  override connect(callback: Parameters<PgPool["connect"]>[0]): void;
  override connect(callback?: Parameters<PgPool["connect"]>[0]): unknown {
    if (callback) return super.connect(callback);
    const connection = this.handedOver.getStore();
    return connection ? Promise.resolve(connection) : super.connect();
  }

  /** Calls `work`, which gets `connection` when it asks for one. */
  handOver<T>(connection: pg.PoolClient, work: () => T): T {
    return this.handedOver.run(connection, work);
  }
}

/**
 * Prisma's models within a transaction that Prisma has not begun. Opening them costs more than most transactions, so their first
 * use opens them.
 */
export class Models {
  private opened: Promise<AllModels> | undefined;
  private ended: Promise<void> | undefined;
  private end = (): void => {};

  constructor(
    private readonly client: Pick<ModelClient, "$transaction">,
    private readonly pool: Pool,
    private readonly connection: pg.PoolClient,
  ) {}

  /** Returns the models together with the raw statements of the transaction. */
  beside(statements: RawStatements): Tx {
    const inTransaction = (name: string | symbol, method: string | symbol): Method => {
      return async (query) => (await this.open())[name]?.[method]?.(query);
    };
    const model = (name: string | symbol) => {
      const outside: unknown = Reflect.get(this.client, name);
      if (typeof outside !== "object" || outside === null) return undefined;
      // The references to columns are data.
      const get = (_: object, method: string | symbol) =>
        method === "fields" ? Reflect.get(outside, method) : inTransaction(name, method);
      return new Proxy(outside, { get });
    };
    return new Proxy(statements, { get: (target, name) => Reflect.get(target, name) ?? model(name) }) as Tx;
  }

  /** Ends Prisma's part, which changes nothing in the database. @throws if Prisma's time limit has passed */
  async close(): Promise<void> {
    await this.opened;
    this.end();
    await this.ended;
  }

  private open(): Promise<AllModels> {
    this.opened ??= new Promise((resolve, reject) => {
      const seen: string[] = [];
      const untilClosed = (tx: unknown) => {
        if (seen.length !== 1) throw new Error("Prisma has begun a transaction on a connection of its own.");
        return new Promise<void>((end) => {
          this.end = end;
          resolve(tx as AllModels);
        });
      };
      const connection = withoutBoundaries(this.connection, seen);
      this.ended = this.pool.handOver(connection, () => this.client.$transaction(untilClosed));
      this.ended.catch(reject);
    });
    return this.opened;
  }
}

/** The connection as Prisma gets it, which does not begin, end or release it. `seen` gets the statements that are left out. */
function withoutBoundaries(connection: pg.PoolClient, seen: string[]): pg.PoolClient {
  const query = async (statement: pg.QueryConfig) => {
    if (!/^(?:BEGIN|COMMIT|ROLLBACK)$/.test(statement.text)) return connection.query(statement);
    seen.push(statement.text);
    return { rows: [], fields: [] };
  };
  return new Proxy(connection, {
    get(target, name) {
      if (name === "query") return query;
      if (name === "release") return () => {};
      const value = Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
