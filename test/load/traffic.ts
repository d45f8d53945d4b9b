import type pg from "pg";
import { waitUntil } from "@/dev/wait-until";
import { type Bought, buy } from "../crash/orders";

/** More customers than these do not wait at once: those who come then turn away. */
const MAX_WAITING = 100;

/** The customers of a shop. They come at a constant rate, however slow the answers are. */
export class Traffic {
  /** What the customers got who have an answer. */
  readonly bought: Bought[] = [];
  turnedAway = 0;
  private readonly waiting = new Set<Promise<void>>();
  private number = 0;
  private arrivals = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly addresses: { app: string; mailbox: string },
    private readonly timeoutMs: number,
  ) {}

  start(perSecond: number): void {
    this.timer = setInterval(() => this.arrive(), 1_000 / perSecond);
  }

  /** Nobody comes any more. Resolves when everybody has an answer. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await Promise.all(this.waiting);
  }

  /** `count` customers, eight at once. */
  async send(count: number): Promise<void> {
    let left = count;
    const visit = async () => {
      while (left-- > 0) await this.buy();
    };
    await Promise.all(Array.from({ length: 8 }, visit));
  }

  /** Waits until so many further customers have come. */
  customersCome(count: number): Promise<void> {
    const last = this.arrivals + count;
    return waitUntil(() => this.arrivals >= last, `${count} customers`, { timeout: Number.POSITIVE_INFINITY });
  }

  private arrive(): void {
    this.arrivals++;
    if (this.waiting.size >= MAX_WAITING) return void this.turnedAway++;
    const visit = this.buy().finally(() => this.waiting.delete(visit));
    this.waiting.add(visit);
  }

  private async buy(): Promise<void> {
    const { app, mailbox } = this.addresses;
    this.bought.push(await buy(app, mailbox, this.number++, this.timeoutMs));
  }
}

/**
 * Returns the age in ms of the oldest order that is open or whose customer has no email about its end yet, event that is not sent or
 * email that is queued. 0: there is none.
 */
export async function backlogMs(database: pg.Pool): Promise<number> {
  const { rows } = await database.query<{ age: number }>(
    `SELECT coalesce(max(extract(epoch FROM now() - created_at) * 1000), 0)::int AS age FROM (
       SELECT created_at FROM orders WHERE status IN ('pending', 'awaiting_payment')
       UNION ALL SELECT created_at FROM orders o WHERE status IN ('confirmed', 'failed')
         AND NOT EXISTS (SELECT 1 FROM emails WHERE entity_id IN (o.id, o.id || ':' || o.attempt))
       UNION ALL SELECT created_at FROM outbox WHERE sent_at IS NULL
       UNION ALL SELECT created_at FROM emails WHERE status = 'queued') work`,
  );
  return rows[0]?.age ?? 0;
}
