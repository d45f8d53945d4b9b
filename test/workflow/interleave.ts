import { AsyncLocalStorage } from "node:async_hooks";
import pg from "pg";

/** Which of two operations a statement of the app belongs to. */
const operation = new AsyncLocalStorage<"first" | "second">();

type Query = (this: pg.Client, ...args: unknown[]) => unknown;

export interface Interleaved {
  /** The statements that the first operation has made. */
  statements: number;
  results: [PromiseSettledResult<unknown>, PromiseSettledResult<unknown>];
}

/**
 * Runs two operations of which one is held: the first stops before its nth statement, then the second runs until it ends, or until
 * it waits for a lock that the first one holds, and then the first one goes on. Over all n that is every place of the first
 * operation at which the other can come between. If the first makes fewer statements, the second runs after it.
 */
export async function interleave(
  observer: pg.Client,
  first: () => Promise<unknown>,
  second: () => Promise<unknown>,
  nth: number,
): Promise<Interleaved> {
  let statements = 0;
  let reach = () => {};
  let release = () => {};
  const reached = new Promise<void>((resolve) => {
    reach = resolve;
  });
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const restore = beforeEachStatement(() => {
    if (operation.getStore() !== "first" || ++statements !== nth) return undefined;
    reach();
    return released;
  });
  try {
    const one = operation.run("first", first);
    const ended = one.then(
      () => {},
      () => {},
    );
    await Promise.race([reached, ended]);
    const other = operation.run("second", second);
    await endedOrBlocked(observer, other);
    release();
    const results = await Promise.allSettled([one, other]);
    return { statements, results };
  } finally {
    restore();
  }
}

/** Calls `hold` before each statement of the app, which waits for the promise that it returns. */
function beforeEachStatement(hold: () => Promise<void> | undefined): () => void {
  const original: Query = Reflect.get(pg.Client.prototype, "query");
  const query: Query = function (...args) {
    const held = Reflect.get(this, "connectionParameters").application_name === "steadfast" ? hold() : undefined;
    if (!held) return original.apply(this, args);
    const later = held.then(() => original.apply(this, args));
    return typeof args.at(-1) === "function" ? undefined : later;
  };
  Reflect.set(pg.Client.prototype, "query", query);
  return () => void Reflect.set(pg.Client.prototype, "query", original);
}

async function endedOrBlocked(observer: pg.Client, work: Promise<unknown>): Promise<void> {
  let ended = false;
  const end = () => {
    ended = true;
  };
  work.then(end, end);
  // The first operation is held by this process, so that only the second can wait for a lock.
  for (;;) {
    await new Promise((resolve) => setImmediate(resolve));
    if (ended) return;
    const { rows } = await observer.query<{ waits: boolean }>(
      `SELECT EXISTS (SELECT 1 FROM pg_stat_activity
       WHERE datname = current_database() AND application_name = 'steadfast' AND wait_event_type = 'Lock') AS waits`,
    );
    if (rows[0]?.waits) return;
  }
}
