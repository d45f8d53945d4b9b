import { randomUUID } from "node:crypto";
import { z } from "zod";
import { apiFetch } from "@/lib/api-fetch";
import type { Clock } from "../shared/clock";
import { type Handler, json, router } from "../shared/http";
import type { Records } from "../shared/store";
import { withBody } from "./faults";

/** A webhook that was not delivered yet. It is deleted once the endpoint has accepted it or its retries are used up. */
interface Delivery {
  id: string;
  /** The event's id: the same for every attempt and every duplicate. */
  eventId: string;
  /** Absent where it is built from the event. */
  body?: string;
  /** Failed attempts. */
  failed: number;
  /** The time of the next attempt (ms epoch); absent while it is held. */
  due?: number;
}

export interface Notification extends Pick<Delivery, "eventId" | "body"> {
  type: string;
}

/**
 * `hold` keeps webhooks until a flush; `duplicate` sends each twice; `reverse` sends those of one call in reverse order;
 * `drop` deletes them; `early` sends them before the API call that caused them is answered.
 */
const MODES = ["deliver", "hold", "duplicate", "reverse", "drop", "early"] as const;

export interface WebhookTarget {
  url: string;
  secret: string;
  /** The event types that the endpoint subscribes to. Default: all. */
  events?: readonly string[];
}

export interface WebhookRules {
  /** The body to send. Undefined when its event was deleted. */
  bodyOf(delivery: Delivery): string | undefined;
  sign(eventId: string, body: string, secret: string, now: number): Record<string, string>;
  /** Ms from each failure to the next attempt. There is no attempt after the last one. */
  retryDelays: readonly number[];
}

interface WebhookQueueOptions extends WebhookRules {
  clock: Clock;
  deliveries: Records<Delivery>;
  /** Called after every change to `deliveries`. */
  commit(): void;
  target?: WebhookTarget;
  /** Concurrent POSTs. */
  concurrency: number;
  log(line: string): void;
}

/** One attempt to deliver an event. `result` is undefined if the endpoint has accepted it. */
export interface DeliveryAttempt {
  at: number;
  result: string | undefined;
}

/** The events whose attempts are remembered for the pages. They are not stored: a restart forgets them. */
const MAX_REMEMBERED = 5000;

/** Both Stripe and Resend give an endpoint some seconds to answer. This is real time, also on a virtual clock. */
const ANSWER_TIMEOUT_MS = 10_000;

/** Sends signed webhooks at least once, with the original's retries. */
export class WebhookQueue {
  mode: (typeof MODES)[number] = "deliver";
  delayMs = 0;
  private target: WebhookTarget | undefined;
  private readonly closing = new AbortController();
  private readonly attempts = new Map<string, DeliveryAttempt[]>();
  private ready: { delivery: Delivery; done: (accepted: boolean) => void }[] = [];
  private active = 0;

  constructor(private readonly options: WebhookQueueOptions) {
    this.target = options.target;
    for (const delivery of options.deliveries.values()) if (delivery.due !== undefined) this.schedule(delivery);
  }

  setTarget(target: WebhookTarget): void {
    this.target = target;
  }

  all(): Delivery[] {
    return [...this.options.deliveries.values()];
  }

  held(): Delivery[] {
    return this.all().filter((delivery) => delivery.due === undefined);
  }

  /** The latest attempts to deliver an event since the start, and the deliveries that are still to come. */
  historyOf(eventId: string): { attempts: DeliveryAttempt[]; pending: Pick<Delivery, "due">[] } {
    const pending = this.all().filter((delivery) => delivery.eventId === eventId);
    return { attempts: this.attempts.get(eventId) ?? [], pending };
  }

  /** Queues the webhooks of one call. Resolves at once; in `early` mode after one attempt of each. */
  async enqueue(batch: Notification[]): Promise<void> {
    if (!this.target || this.mode === "drop") return;
    const { events } = this.target;
    const wanted = batch.filter(({ type }) => events?.includes(type) ?? true);
    const ordered = this.mode === "reverse" ? wanted.toReversed() : wanted;
    const due = this.mode === "hold" ? undefined : this.options.clock.now() + this.delayMs;
    const added = ordered.flatMap((notification) => this.add(notification, due));
    this.options.commit();
    if (this.mode === "early") await this.sendAll(added);
    else for (const delivery of added) if (delivery.due !== undefined) this.schedule(delivery);
  }

  /** Sends the held webhooks, in order of arrival or the reverse. Resolves after one attempt of each. */
  async flush(how: { order?: "reverse"; duplicate?: boolean } = {}): Promise<{ delivered: number; failed: number }> {
    const held = how.order === "reverse" ? this.held().toReversed() : this.held();
    const batch = held.flatMap((delivery) =>
      how.duplicate ? [delivery, ...this.add(delivery, undefined, 1)] : [delivery],
    );
    const accepted = await this.sendAll(batch);
    return { delivered: accepted.filter(Boolean).length, failed: accepted.filter((one) => !one).length };
  }

  close(): void {
    this.closing.abort();
    this.ready = [];
  }

  private add(
    { eventId, body }: Pick<Delivery, "eventId" | "body">,
    due: number | undefined,
    copies = this.mode === "duplicate" ? 2 : 1,
  ): Delivery[] {
    return Array.from({ length: copies }, () =>
      this.options.deliveries.save({ id: randomUUID(), eventId, body, failed: 0, due }),
    );
  }

  private schedule(delivery: Delivery): void {
    const { clock } = this.options;
    clock.schedule(delivery.due ?? clock.now(), () => void this.send(delivery));
  }

  private sendAll(batch: Delivery[]): Promise<boolean[]> {
    return Promise.all(batch.map((delivery) => this.send(delivery)));
  }

  private send(delivery: Delivery): Promise<boolean> {
    return new Promise((done) => {
      this.ready.push({ delivery, done });
      this.sendNext();
    });
  }

  private sendNext(): void {
    while (this.active < this.options.concurrency) {
      const next = this.ready.shift();
      if (!next) return;
      this.active += 1;
      void this.options.clock.busy(
        this.attempt(next.delivery).then((accepted) => {
          this.active -= 1;
          next.done(accepted);
          // Before this promise settles, so that a virtual clock sees no gap between two webhooks.
          this.sendNext();
        }),
      );
    }
  }

  private async attempt(delivery: Delivery): Promise<boolean> {
    const outcome = await this.post(delivery);
    if (this.closing.signal.aborted) return false;
    this.remember(delivery.eventId, outcome);
    if (outcome === undefined) this.options.deliveries.delete(delivery.id);
    else this.retryLater(delivery, outcome);
    this.options.commit();
    return outcome === undefined;
  }

  private remember(eventId: string, result: string | undefined): void {
    const attempts = this.attempts.get(eventId) ?? [];
    this.attempts.set(eventId, [...attempts, { at: this.options.clock.now(), result }]);
    if (this.attempts.size <= MAX_REMEMBERED) return;
    for (const oldest of this.attempts.keys()) return void this.attempts.delete(oldest);
  }

  /** Resolves to the reason why the endpoint did not accept it, or to undefined when nothing is left to send. */
  private async post(delivery: Delivery): Promise<string | undefined> {
    const { clock, sign, bodyOf } = this.options;
    const body = bodyOf(delivery);
    if (body === undefined) return undefined;
    if (!this.target) return "no endpoint";
    try {
      const response = await apiFetch(this.target.url, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          ...sign(delivery.eventId, body, this.target.secret, clock.now()),
        },
        body,
        signal: AbortSignal.any([AbortSignal.timeout(ANSWER_TIMEOUT_MS), this.closing.signal]),
      });
      await response.arrayBuffer();
      return response.ok ? undefined : `HTTP ${response.status}`;
    } catch (error) {
      return error instanceof Error ? error.message : "failed";
    }
  }

  private retryLater(delivery: Delivery, reason: string): void {
    const { retryDelays, deliveries, clock, log } = this.options;
    const delay = retryDelays[delivery.failed];
    log(
      `webhook ${delivery.eventId}: ${reason}, ${delay === undefined ? "no more retries" : `retry in ${delay / 1000} s`}`,
    );
    if (delay === undefined) deliveries.delete(delivery.id);
    else this.schedule(deliveries.save({ ...delivery, failed: delivery.failed + 1, due: clock.now() + delay }));
  }
}

const controlSchema = z.strictObject({ mode: z.enum(MODES), delayMs: z.int().min(0).default(0) });
const flushSchema = z.strictObject({ order: z.literal("reverse").optional(), duplicate: z.boolean().optional() });

/** `GET|POST /webhooks/control` and `POST /webhooks/flush`: delay, duplicate, reorder or drop webhooks. */
export function webhookRoutes(queue: WebhookQueue): Handler {
  const state = () => {
    const { mode, delayMs } = queue;
    return json(200, { mode, delayMs, held: queue.held().length, pending: queue.all().length });
  };
  return router({
    "GET /webhooks/control": state,
    "POST /webhooks/control": withBody(controlSchema, (body) => {
      Object.assign(queue, body);
      return state();
    }),
    "POST /webhooks/flush": withBody(flushSchema, async (body) => json(200, await queue.flush(body))),
  });
}
