import { setImmediate as nextLoop } from "node:timers/promises";
import { type Clock, closableClock, realClock } from "../shared/clock";
import {
  type Answer,
  type Handler,
  type HttpServer,
  header,
  json,
  listen,
  problem,
  type Reply,
  type Request,
  refuseOtherSites,
  type ServerOptions,
} from "../shared/http";
import { Store } from "../shared/store";
import { type FindSubjects, noSubjects } from "../shared/subject";
import { type Fault, Faults } from "./faults";
import { type Claim, IdempotencyStore, type StoredAnswer } from "./idempotency-store";
import { type Notification, WebhookQueue, type WebhookRules, type WebhookTarget, webhookRoutes } from "./webhook-queue";

export interface FakeServerOptions extends ServerOptions {
  webhook?: WebhookTarget;
}

export interface FakeServer extends HttpServer {
  setWebhook(webhook: WebhookTarget): void;
  /** Calls of the original's API since the start. The fake server's own routes are not counted. */
  calls(): number;
}

/** The parts of a fake server that differ for each API. Faults and idempotency keys work in the same way for all of them. */
export interface ApiRules {
  maxBodyBytes: number;
  isApi(path: string): boolean;
  /** The error of a `rate_limit` or `error` fault. Undefined if the fault occurs while the endpoint runs. */
  faultError(fault: Fault): Error | undefined;
  /** A text that is equal for equal parameters. */
  parametersOf(request: Request): string;
  /** The API's error for an invalid key. */
  keyError(key: string): Error | undefined;
  /** The API's error for a key that is in use or belongs to another request. */
  claimError(key: string, claim: Claim, path: string): Error | undefined;
  replay(answer: StoredAnswer): Reply;
  /** Answers one call. `perform` runs its endpoint under the faults and the idempotency key. */
  answer(request: Request, requestId: string, perform: Perform): Promise<Answer>;
  newRequestId(): string;
  /** The body of the API's own 500, for an error in the fake server. */
  internalError: unknown;
  /** The routes that the original does not have. */
  handlers: Handler[];
}

/** `endpoint` returns its reply and whether the idempotency key stores it. */
export type Perform = (endpoint: (fault: Fault | undefined) => { reply: Reply; stored: boolean }) => Promise<Answer>;

/** Time, storage and webhooks of a fake server. `serve` starts it. */
export class FakeServerContext {
  readonly clock: Clock & { close(): void };
  readonly store: Store;
  readonly queue: WebhookQueue;
  readonly faults: Faults;
  readonly subjects: FindSubjects;
  private readonly log: (line: string) => void;
  private notifications: Notification[] = [];

  constructor(
    private readonly options: FakeServerOptions,
    webhooks: WebhookRules,
  ) {
    this.log = options.log ?? (() => {});
    this.clock = closableClock(options.clock ?? realClock());
    this.store = new Store(options.store);
    this.faults = new Faults(this.clock);
    this.subjects = options.subjects ?? noSubjects;
    this.queue = new WebhookQueue({
      ...webhooks,
      clock: this.clock,
      deliveries: this.store.records("deliveries"),
      commit: () => this.store.commit(),
      target: options.webhook,
      // Without concurrency, the order is deterministic.
      concurrency: options.clock ? 1 : 16,
      log: this.log,
    });
  }

  /** Sends a webhook at the end of the current change. */
  readonly notify = (notification: Notification): void => void this.notifications.push(notification);

  /**
   * Runs one change. It is written to disk as one line, also when `change` throws (a declined card is recorded and
   * refused). Its webhooks are sent afterwards.
   */
  readonly change = async <T>(change: () => T): Promise<T> => {
    try {
      return change();
    } finally {
      const notifications = this.notifications;
      this.notifications = [];
      // Queued before the commit, so that the change and its undelivered webhooks reach the disk in one line.
      const queued = this.queue.enqueue(notifications);
      this.store.commit();
      await queued;
    }
  };

  async serve(api: ApiRules): Promise<FakeServer> {
    const keys = new IdempotencyStore(this.clock, this.store.records("idempotency_keys"));
    let calls = 0;
    const server = await listen({
      port: this.options.port,
      host: this.options.host,
      maxBodyBytes: api.maxBodyBytes,
      handlers: [
        refuseOtherSites,
        (request) => {
          if (!api.isApi(request.path)) return undefined;
          calls += 1;
          return this.call(api, keys, request);
        },
        this.faults.routes,
        webhookRoutes(this.queue),
        ...api.handlers,
      ],
      notFound: () => problem(404, "Not found"),
      onError: (error) => {
        this.log(error instanceof Error ? (error.stack ?? error.message) : String(error));
        return json(500, api.internalError);
      },
    });
    return {
      ...server,
      setWebhook: (webhook) => this.queue.setTarget(webhook),
      calls: () => calls,
      close: async () => {
        this.clock.close();
        this.queue.close();
        await server.close();
        this.store.close();
      },
    };
  }

  private call(api: ApiRules, keys: IdempotencyStore, request: Request): Promise<Answer> {
    const requestId = api.newRequestId();
    return api.answer(request, requestId, async (endpoint) => {
      const { method, path } = request;
      const key = method === "POST" ? header(request, "idempotency-key") : undefined;
      const fault = this.faults.take(method, path);
      if (fault?.kind === "reset") return "reset";
      const error = (fault && api.faultError(fault)) ?? (key === undefined ? undefined : api.keyError(key));
      if (error) throw error;
      const parameters = key === undefined ? "" : api.parametersOf(request);
      const claim: Claim = key === undefined ? { state: "new" } : keys.claim(key, path, parameters);
      const refusal = api.claimError(key ?? "", claim, path);
      if (refusal) throw refusal;
      if (claim.state === "stored") {
        if (fault?.kind === "timeout") return "hang";
        return fault?.kind === "answer_lost" ? "reset" : api.replay(claim.answer);
      }
      const release = () => void (key !== undefined && keys.release(key));
      if (fault?.kind === "timeout") {
        // The key stays in use while the client waits, as it does while a real server hangs.
        request.onClientGone(release);
        return "hang";
      }
      try {
        // One pass of the event loop, so that two concurrent calls with one key conflict, as in the original.
        if (key !== undefined) await nextLoop();
        const reply = await this.change(() => {
          const { reply, stored } = endpoint(fault);
          const { status, body } = reply;
          if (key !== undefined && stored)
            keys.save({ id: key, path, requestId, status, body: String(body) }, parameters);
          return reply;
        });
        return fault?.kind === "answer_lost" ? "reset" : reply;
      } finally {
        release();
      }
    });
  }
}
