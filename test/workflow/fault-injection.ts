import pg from "pg";
import { expect } from "vitest";
import type { ProxiedCall as WireCall } from "@/dev/fault-proxy";
import type { Shop } from "./shop";

type Matches = (call: WireCall) => boolean;
/** Starts to interfere, and returns what ends it. */
type Cut = () => () => void;

/** How many matching calls `play` makes when nothing goes wrong. */
export async function countCalls(shop: Shop, matches: Matches, play: (cut: Cut) => Promise<void>): Promise<number> {
  let calls = 0;
  await play(() =>
    watch(shop, (call, stage) => {
      if (stage === "before" && matches(call)) calls++;
      return undefined;
    }),
  );
  return calls;
}

/** Cuts the n-th matching call, before it arrives or when it has been answered. */
export function breakAt(shop: Shop, matches: Matches, n: number, at: "before" | "after"): () => void {
  let seen = 0;
  let doomed: WireCall | undefined;
  return watch(shop, (call, stage) => {
    if (stage === "before" && matches(call) && ++seen === n) doomed = call;
    return call === doomed && stage === at ? "lost" : undefined;
  });
}

/**
 * Ends the process at the n-th matching call: neither this one nor any other leaves it until the engine has found that the
 * call it was answering is lost. What was done and not reported yet is forgotten.
 */
export function dieAt(shop: Shop, matches: Matches, n: number): () => void {
  let seen = 0;
  let dead = false;
  return watch(shop, (call, stage) => {
    if (stage === "before" && call.to !== "app" && matches(call) && ++seen === n) dead = true;
    if (!dead) return undefined;
    if (call.to === "app" && stage === "after") dead = false;
    return call.to === "app" && stage === "before" ? undefined : "lost";
  });
}

/**
 * Ends the process before the first call or statement that matches after `skip` of them, as `kill -9` does: no call and no statement leaves it any more.
 * It starts again when the engine has found that the calls it was answering are lost, or when the returned function is called.
 */
export function killAt(
  shop: Shop,
  { call: matches, sql, skip = 0 }: { call?: Matches; sql?: RegExp; skip?: number },
): () => void {
  const answering = new Set<WireCall>();
  let state: "alive" | "dead" | "restarted" = "alive";
  let left = skip;
  const die = (isMatch: boolean) => {
    if (state === "alive" && isMatch && left-- === 0) state = "dead";
    return state === "dead";
  };
  const unwatch = watch(shop, (call, stage) => {
    if (call.to !== "app") return die(stage === "before" && (matches?.(call) ?? false)) ? "lost" : undefined;
    if (stage === "before") return void answering.add(call);
    answering.delete(call);
    if (state !== "dead") return undefined;
    if (answering.size === 0) state = "restarted";
    return "lost";
  });
  const restore = onStatement((statement) => (die(sql?.test(statement) ?? false) ? "before" : undefined));
  return () => {
    expect(state).not.toBe("alive");
    unwatch();
    restore();
  };
}

export function watch(shop: Shop, watcher: NonNullable<NonNullable<Shop["wires"]>["watch"]>): () => void {
  const { wires } = shop;
  if (!wires) throw new Error("The shop has no wires.");
  wires.watch = watcher;
  return () => {
    wires.watch = undefined;
  };
}

/** Loses the runs of a function that `work` starts, before their first step. */
export async function loseRunsOf(shop: Shop, name: string, work: () => Promise<unknown>, runs = 1): Promise<void> {
  const repair = watch(shop, ({ to, path }, stage) =>
    to === "app" && stage === "before" && path.includes(`fnId=steadfast-${name}&`) ? "lost" : undefined,
  );
  await work();
  await shop.settle();
  expect(await shop.loseRuns(name)).toBe(runs);
  repair();
}

/** Takes out of the engine's call what lets the app go on from step to step: it takes one, and the next is another call. */
export function oneStepOnly(call: WireCall): void {
  if (call.to !== "app" || call.method !== "POST") return;
  const body = JSON.parse(call.body) as { ctx: { fn_id?: string } };
  delete body.ctx.fn_id;
  call.body = JSON.stringify(body);
}

type Callback = (error: Error | null, result?: unknown) => void;
type Query = (this: AppClient, ...args: unknown[]) => unknown;
type AppClient = { connectionParameters: { application_name?: string }; connection: { stream: { destroy(): void } } };

/**
 * What befalls a statement of the app: the connection breaks before it arrives, or after it was carried out, or the server refuses
 * it with an SQLSTATE, which aborts its transaction.
 */
type Befalls = (sql: string) => "before" | "after" | { sqlState: string } | undefined;

/** Asks `befalls` about every statement of the app, BEGIN and COMMIT included; the test's own are not seen. */
export function onStatement(befalls: Befalls): () => void {
  const original: Query = Reflect.get(pg.Client.prototype, "query");
  const query: Query = function (...args) {
    if (this.connectionParameters.application_name !== "steadfast") return original.apply(this, args);
    const [first] = args;
    const sql = typeof first === "string" ? first : ((first as { text?: string }).text ?? "");
    const when = befalls(sql);
    const lose = () => this.connection.stream.destroy();
    if (typeof when === "object") {
      const refused = `DO $$ BEGIN RAISE EXCEPTION 'injected' USING ERRCODE = '${when.sqlState}'; END $$`;
      const callback = args.at(-1);
      const answer =
        typeof callback === "function" ? original.call(this, refused, callback) : original.call(this, refused);
      // A COMMIT that fails ends the transaction.
      if (sql === "COMMIT") original.call(this, "ROLLBACK", () => {});
      return answer;
    }
    if (when === "before") lose();
    if (when !== "after") return original.apply(this, args);
    const callback = args.at(-1);
    const lost = new Error("Connection terminated unexpectedly");
    if (typeof callback === "function") {
      const notifications: Callback = () => {
        lose();
        (callback as Callback)(lost);
      };
      return original.apply(this, [...args.slice(0, -1), notifications]);
    }
    return Promise.resolve(original.apply(this, args)).then(() => {
      lose();
      throw lost;
    });
  };
  Reflect.set(pg.Client.prototype, "query", query);
  return () => {
    Reflect.set(pg.Client.prototype, "query", original);
  };
}

/** Every statement of the app while `play` goes on. */
export async function statementsOf(play: (cut: Cut) => Promise<void>): Promise<string[]> {
  const statements: string[] = [];
  await play(() =>
    onStatement((sql) => {
      statements.push(sql);
      return undefined;
    }),
  );
  return statements;
}

/** Breaks the connection to the database before the n-th statement reaches it, or when it has been carried out. */
export function loseDatabaseAt(n: number, at: "before" | "after"): () => void {
  let seen = 0;
  return onStatement(() => (++seen === n ? at : undefined));
}
