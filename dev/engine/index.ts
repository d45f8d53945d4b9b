import { createServer } from "node:http";
import { armBatch } from "./batch";
import { Caller } from "./call";
import { armCancellations } from "./cancel";
import { type Clock, realClock } from "./clock";
import type { Core } from "./core";
import { armCrons } from "./cron";
import { armDebounce } from "./debounce";
import { eventDoor } from "./door-events";
import { pageDoor } from "./door-page";
import { readDoor } from "./door-read";
import { sdkDoor } from "./door-sdk";
import { execute } from "./execute";
import { publicError, read, write } from "./http";
import { randomSeed, seeded, ulidFactory } from "./ids";
import { Journal } from "./journal";
import { isObject, parseJson } from "./json";
import { armStep } from "./ops-async";
import { Queue } from "./queue";
import { hasEnded, State } from "./state";
import { Timers } from "./timers";
import { WaitIndex } from "./waits";

export interface EngineOptions {
  /** 0 or absent: any free port. */
  port?: number;
  /** Default 127.0.0.1. */
  host?: string;
  /** Default: the wall clock. */
  clock?: Clock;
  /** Order among jobs that are ready at the same moment, and jitter, on a virtual clock. */
  seed?: number;
  /** File to keep the journal in; absent: memory only. */
  journal?: string;
  /** If set, calls to the app are signed, and the SDK's own calls must carry it. */
  signingKey?: string;
  /** If set, events sent with another key are refused. */
  eventKey?: string;
  /** Calls to apps at once; default: unlimited on a real clock, 1 on a virtual one. */
  parallel?: number;
  /** Serve URLs to register at start, as soon as they answer. */
  apps?: string[];
  log?: (line: string) => void;
}

export interface Engine {
  url: string;
  port: number;
  /** Has the app at `appUrl` register its functions; throws with the reason when it or they are refused. */
  sync(appUrl: string): Promise<void>;
  close(): Promise<void>;
}

/** How long to leave an app alone that did not answer its first registration. */
const SYNC_AGAIN = 1000;

/** Starts an executor that speaks Inngest's SDK protocol; see README.md for what it does and does not. */
export async function startEngine(options: EngineOptions = {}): Promise<Engine> {
  const clock = options.clock ?? realClock();
  const caller = new Caller(clock);
  const journal = new Journal(options.journal);
  const core = assemble(options, clock, journal, caller);
  journal.load();
  core.state.boots.put("", (core.state.boots.get("") ?? 0) + 1);
  core.state.index();
  core.state.forget(clock.now());
  journal.compact();
  resume(core);

  const doors = [eventDoor(core), sdkDoor(core), readDoor(core), pageDoor(core)];
  const server = createServer((incoming, outgoing) => {
    const handled = (async () => {
      const request = await read(incoming);
      if (!request) return write(outgoing, publicError(413, "the request is too large"));
      for (const door of doors) {
        const reply = await door(request);
        if (reply) return write(outgoing, reply);
      }
      write(outgoing, publicError(404, `no door at ${request.method} ${request.path}`));
    })().catch((error) => {
      core.log(`${incoming.method} ${incoming.url}: ${error instanceof Error ? error.stack : error}`);
      if (!outgoing.headersSent) write(outgoing, publicError(500, "Something went wrong.  Please try again"));
    });
    clock.busy(handled);
  });
  // Longer than any client keeps an idle connection, so that none is closed under a request that is on its way.
  server.keepAliveTimeout = 65_000;
  const host = options.host ?? "127.0.0.1";
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 0, host, resolve);
  });
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;

  const sync = async (appUrl: string) => {
    const answer = await clock.busy(caller.send("PUT", appUrl, { "content-length": "0" }, ""));
    if ("message" in answer) throw new Error(`${appUrl} cannot be reached: ${answer.message}`);
    const body = parseJson(answer.body);
    const message = isObject(body) && typeof body.message === "string" ? body.message : answer.body.slice(0, 500);
    if (answer.status !== 200) throw new Error(`${appUrl} did not register (${answer.status}): ${message}`);
  };
  for (const app of options.apps ?? []) syncWhenUp(core, sync, app);

  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${port}`,
    port,
    sync,
    async close() {
      core.timers.close();
      core.queue.close();
      caller.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      journal.close();
    },
  };
}

function assemble(options: EngineOptions, clock: Clock, journal: Journal, caller: Caller): Core {
  const virtual = "settle" in clock;
  const random = seeded(options.seed ?? (virtual ? 1 : randomSeed()));
  const order = seeded(options.seed ?? 1);
  const state = new State(journal);
  const timers = new Timers(clock);
  const core: Core = {
    clock,
    random,
    newId: ulidFactory(
      () => clock.now(),
      random,
      () => state.boots.get("") ?? 0,
    ),
    state,
    timers,
    queue: new Queue({
      state,
      timers,
      now: () => clock.now(),
      // A fraction of a millisecond: it decides within one moment, and never between two.
      tie: () => (virtual ? order() * 0.9 : 0),
      parallel: options.parallel ?? (virtual ? 1 : Number.POSITIVE_INFINITY),
      // A virtual clock fires this when nothing is busy, so all of a moment's jobs are in before the first is chosen.
      soon: virtual ? (fn) => void clock.schedule(clock.now(), fn) : (fn) => void setImmediate(fn),
      dispatch: (job, run) =>
        clock.busy(
          execute(core, caller, job, run).catch((error) => {
            core.log(`run ${run.id}: ${error instanceof Error ? error.stack : error}`);
          }),
        ),
    }),
    waits: new WaitIndex(),
    cancels: new WaitIndex(),
    signingKey: options.signingKey,
    eventKey: options.eventKey,
    log: options.log ?? (() => {}),
    flush() {
      journal.flush();
      if (journal.bloated) journal.compact();
    },
  };
  return core;
}

/** Takes up what the journal holds: timers, waits and calls that were under way. */
function resume(core: Core): void {
  for (const fn of core.state.fns.values()) if (!fn.removed) armCrons(core, fn);
  for (const run of core.state.runs.values()) {
    const fn = core.state.fns.get(run.fn);
    if (hasEnded(run) || !fn) continue;
    armCancellations(core, run, fn);
    for (const step of core.state.stepsOf(run.id).values()) armStep(core, run, step);
  }
  for (const item of core.state.debounces.values()) armDebounce(core, item);
  for (const batch of core.state.batches.values()) armBatch(core, batch);
  for (const job of core.state.jobs.values()) core.queue.resume(job);
}

function syncWhenUp(core: Core, sync: (app: string) => Promise<void>, app: string): void {
  sync(app).catch((error) => {
    core.log(error instanceof Error ? error.message : String(error));
    core.timers.set(`sync:${app}`, core.clock.now() + SYNC_AGAIN, () => syncWhenUp(core, sync, app));
  });
}
