import { randomUUID } from "node:crypto";
import type { Clock } from "../engine/clock";
import type { Collection } from "./journal";

/** A notification on its way. It stays recorded until it was taken, given up or dropped. */
export interface Delivery {
  id: string;
  /** The event's id: the same for every attempt and every duplicate. */
  eventId: string;
  /** Absent where it can be made from the event. */
  body?: string;
  /** Attempts that have failed. */
  failed: number;
  /** Ms epoch of the next attempt; absent while it is held. */
  due?: number;
}

export interface Notification extends Pick<Delivery, "eventId" | "body"> {
  type: string;
}

/**
 * `hold` keeps notifications until a flush; `duplicate` sends each twice; `reverse` sends those of one call last first;
 * `drop` loses them; `early` sends them before the API call that caused them is answered.
 */
export const WEBHOOK_MODES = ["deliver", "hold", "duplicate", "reverse", "drop", "early"] as const;
export type WebhookMode = (typeof WEBHOOK_MODES)[number];

export interface WebhookTarget {
  url: string;
  secret: string;
  /** The types of event that it has asked for; default: all. */
  events?: readonly string[];
}

export interface WebhookQueueOptions {
  clock: Clock;
  deliveries: Collection<Delivery>;
  /** Called after every change to `deliveries`. */
  commit(): void;
  target?: WebhookTarget;
  /** The body to send; nothing if its event is forgotten. */
  bodyOf(delivery: Delivery): string | undefined;
  sign(eventId: string, body: string, secret: string, now: number): Record<string, string>;
  /** Ms from each failure to the next attempt; after the last one the notification is given up. */
  retryAfter: readonly number[];
  /** POSTs under way at once. One makes their order certain. */
  atOnce: number;
  log(line: string): void;
}

/** Both Stripe and Resend give an endpoint seconds to answer; this is real time, since a socket knows no other. */
const ANSWER_WITHIN = 10_000;

/** Sends signed notifications at least once, on the clock, with the original's retries. */
export class WebhookQueue {
  mode: WebhookMode = "deliver";
  delayMs = 0;
  private target: WebhookTarget | undefined;
  private readonly closing = new AbortController();
  private ready: { delivery: Delivery; done: (taken: boolean) => void }[] = [];
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

  pending(): number {
    return this.options.deliveries.size;
  }

  /** Takes the notifications of one call. Resolves at once, except in `early` mode: then when each has been tried. */
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

  /** Sends what is held, in order of arrival or the reverse, and resolves when each has been tried. */
  async flush(how: { order?: "reverse"; duplicate?: boolean } = {}): Promise<{ delivered: number; failed: number }> {
    const held = how.order === "reverse" ? this.held().toReversed() : this.held();
    const batch = held.flatMap((delivery) =>
      how.duplicate ? [delivery, ...this.add(delivery, undefined, 1)] : [delivery],
    );
    const taken = await this.sendAll(batch);
    return { delivered: taken.filter(Boolean).length, failed: taken.filter((one) => !one).length };
  }

  close(): void {
    this.closing.abort();
    this.ready = [];
  }

  private add(
    notification: Pick<Delivery, "eventId" | "body">,
    due: number | undefined,
    copies = this.mode === "duplicate" ? 2 : 1,
  ): Delivery[] {
    return Array.from({ length: copies }, () =>
      this.options.deliveries.put({
        id: randomUUID(),
        eventId: notification.eventId,
        body: notification.body,
        failed: 0,
        due,
      }),
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
      this.pump();
    });
  }

  private pump(): void {
    while (this.active < this.options.atOnce) {
      const next = this.ready.shift();
      if (!next) return;
      this.active += 1;
      void this.options.clock.busy(
        this.attempt(next.delivery).then((taken) => {
          this.active -= 1;
          next.done(taken);
          // Before this promise settles, so that a virtual clock finds no gap between two notifications.
          this.pump();
        }),
      );
    }
  }

  private async attempt(delivery: Delivery): Promise<boolean> {
    const outcome = await this.post(delivery);
    if (this.closing.signal.aborted) return false;
    if (outcome === undefined) this.options.deliveries.delete(delivery.id);
    else this.retryLater(delivery, outcome);
    this.options.commit();
    return outcome === undefined;
  }

  /** Resolves to why the endpoint did not take it, or to nothing when there is nothing left to send. */
  private async post(delivery: Delivery): Promise<string | undefined> {
    const { clock, sign, bodyOf } = this.options;
    const body = bodyOf(delivery);
    if (body === undefined) return undefined;
    if (!this.target) return "no endpoint";
    try {
      const response = await fetch(this.target.url, {
        method: "POST",
        redirect: "manual",
        headers: {
          "content-type": "application/json",
          ...sign(delivery.eventId, body, this.target.secret, clock.now()),
        },
        body,
        signal: AbortSignal.any([AbortSignal.timeout(ANSWER_WITHIN), this.closing.signal]),
      });
      await response.arrayBuffer();
      return response.ok ? undefined : `HTTP ${response.status}`;
    } catch (error) {
      return error instanceof Error ? error.message : "failed";
    }
  }

  private retryLater(delivery: Delivery, why: string): void {
    const { retryAfter, deliveries, clock, log } = this.options;
    const wait = retryAfter[delivery.failed];
    log(`webhook ${delivery.eventId}: ${why}, ${wait === undefined ? "given up" : `again in ${wait / 1000} s`}`);
    if (wait === undefined) deliveries.delete(delivery.id);
    else this.schedule(deliveries.put({ ...delivery, failed: delivery.failed + 1, due: clock.now() + wait }));
  }
}
