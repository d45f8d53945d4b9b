import { type Clock, realClock } from "../engine/clock";
import { closableClock } from "./closable-clock";
import { type Answer, type Incoming, json, listen, problem } from "./http";
import { Journal } from "./journal";
import { webhookDoors } from "./webhook-doors";
import { WebhookQueue, type WebhookQueueOptions, type WebhookTarget } from "./webhook-queue";

/** What every stand-in can be told. */
export interface StandInOptions {
  /** Default: a free one. */
  port?: number;
  host?: string;
  clock?: Clock;
  /** A file that keeps everything across restarts and kill -9. Default: memory. */
  store?: string;
  webhook?: WebhookTarget;
  /** Webhooks sent at once. Default: one, in certain order, when a clock is given; else 16. */
  webhooksAtOnce?: number;
  log?: (line: string) => void;
}

export interface StandIn {
  url: string;
  port: number;
  setWebhook(webhook: WebhookTarget): void;
  close(): Promise<void>;
  /** Calls of the original's API since the start; the doors that it does not have are not counted. */
  calls(): number;
}

/** How its notifications differ from another's. */
type Webhooks = Pick<WebhookQueueOptions, "bodyOf" | "sign" | "retryAfter">;

export interface Served {
  /** Bytes of body accepted. */
  bodyLimit: number;
  isApi(request: Incoming): boolean;
  api(request: Incoming): Promise<Answer>;
  /** What the original does not have: the first to answer answers. */
  doors: ((request: Incoming) => Answer | undefined | Promise<Answer | undefined>)[];
  /** The body of the original's own kind of 500, for a defect of the stand-in. */
  defect: unknown;
}

/** The parts that every stand-in is made of: its time, its memory, its notifications; `serve` opens its doors. */
export function openStandIn(options: StandInOptions, webhooks: Webhooks) {
  const { log = () => {} } = options;
  const clock = closableClock(options.clock ?? realClock());
  const journal = new Journal(options.store);
  const queue = new WebhookQueue({
    ...webhooks,
    clock,
    deliveries: journal.collection("deliveries"),
    commit: () => journal.commit(),
    target: options.webhook,
    atOnce: options.webhooksAtOnce ?? (options.clock ? 1 : 16),
    log,
  });
  let calls = 0;
  const serve = async ({ bodyLimit, isApi, api, doors, defect }: Served): Promise<StandIn> => {
    const server = await listen({
      port: options.port,
      host: options.host,
      bodyLimit,
      async handle(request) {
        if (isApi(request)) {
          calls += 1;
          return api(request);
        }
        for (const door of [...doors, (seen: Incoming) => webhookDoors(queue, seen)]) {
          const reply = await door(request);
          if (reply) return reply;
        }
        return problem(404, "Not found");
      },
      onDefect(error) {
        log(error instanceof Error ? (error.stack ?? error.message) : String(error));
        return json(500, defect);
      },
    });
    return {
      url: server.url,
      port: server.port,
      setWebhook: (webhook) => queue.setTarget(webhook),
      calls: () => calls,
      async close() {
        clock.close();
        queue.close();
        await server.close();
      },
    };
  };
  return { clock, journal, queue, serve };
}
