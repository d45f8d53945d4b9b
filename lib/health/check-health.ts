import { ago, MINUTE, now, SECOND } from "../clock";
import { db } from "../db";
import { emailEnv, inngestEnv, stripeEnv } from "../env";
import { messageOf } from "../errors";
import { listHeartbeats, overdueHeartbeats } from "../heartbeats";

export interface Check {
  status: "ok" | "failing";
  /** What is wrong, for a person. */
  detail?: string;
}

/** Without these no order goes through. */
const VITAL = ["database", "inngest", "outbox", "stripe", "email"] as const;
/** These are for people to look at: taking the app away, as an orchestrator does at 503, would mend neither. */
const WATCHED = ["orders", "crons", "events"] as const;

export type CheckName = (typeof VITAL)[number] | (typeof WATCHED)[number];

export interface Health {
  /** Of what is vital. */
  status: "ok" | "failing";
  checks: Record<CheckName, Check>;
}

/** An event this old has been passed over by its own sender and by several sweeps. */
export const MAX_OUTBOX_AGE_MS = 180 * SECOND;
/** An order this long past its deadline has been passed over by several rounds of the reconciler (invariant I3). */
const ORDER_PATIENCE = 5 * MINUTE;
/** A probe of another service is not repeated sooner, however often somebody asks. */
const PROBE_LIFETIME = 10 * SECOND;

/** Whether everything that an order needs can be reached. Never throws; each check is bounded in time. */
export async function checkHealth(): Promise<Health> {
  const [database, inngest, outbox, stripe, email, orders, crons, events] = await Promise.all([
    check(() => db().$queryRaw`SELECT 1`),
    probe("inngest", () => inngestEnv().INNGEST_BASE_URL ?? "https://inn.gs"),
    check(checkOutbox),
    probe("stripe", () => stripeEnv().STRIPE_API_URL ?? "https://api.stripe.com"),
    probe("email", () => emailEnv().RESEND_BASE_URL ?? "https://api.resend.com"),
    check(checkOrders),
    check(checkCrons),
    check(checkEvents),
  ]);
  const checks = { database, inngest, outbox, stripe, email, orders, crons, events };
  return { status: VITAL.every((name) => checks[name].status === "ok") ? "ok" : "failing", checks };
}

async function checkOutbox(): Promise<void> {
  const [row] = await db().$queryRaw<
    { oldest: Date | null }[]
  >`SELECT min(created_at) AS oldest FROM outbox WHERE sent_at IS NULL AND quarantined_at IS NULL`;
  const age = row?.oldest ? now().getTime() - row.oldest.getTime() : 0;
  if (age > MAX_OUTBOX_AGE_MS) throw new Error(`The oldest unsent event is ${Math.round(age / SECOND)} s old.`);
}

async function checkEvents(): Promise<void> {
  const [row] = await db().$queryRaw<{ id: string; error: string; count: number }[]>`
    SELECT min(id) AS id, min(last_error) AS error, count(*)::int AS count FROM outbox
    WHERE sent_at IS NULL AND quarantined_at IS NOT NULL HAVING count(*) > 0`;
  if (row)
    throw new Error(`Inngest refuses ${row.count} events, such as ${row.id}: ${row.error} See the manual queue.`);
}

async function checkOrders(): Promise<void> {
  const [row] = await db().$queryRaw<{ id: string; count: number }[]>`
    SELECT min(id) AS id, count(*)::int AS count FROM orders
    WHERE status IN ('pending', 'awaiting_payment') AND deadline_at < ${ago(ORDER_PATIENCE)} HAVING count(*) > 0`;
  if (row) throw new Error(`${row.count} orders are open past their deadline, such as ${row.id}.`);
}

async function checkCrons(): Promise<void> {
  const silent = overdueHeartbeats(await listHeartbeats(), now());
  if (silent.length > 0)
    throw new Error(silent.map(({ name, at }) => `${name} has not run since ${at.toISOString()}.`).join(" "));
}

async function check(work: () => Promise<unknown>): Promise<Check> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("No answer within 3 s.")), 3 * SECOND);
  });
  try {
    await Promise.race([work(), tooLate]);
    return { status: "ok" };
  } catch (error) {
    return { status: "failing", detail: messageOf(error) };
  } finally {
    clearTimeout(timer);
  }
}

const probes = new Map<string, { at: number; result: Promise<Check> }>();

/** Any answer below 500 says that somebody is there; what it says is the business of those who have a key. */
function probe(name: string, address: () => string): Promise<Check> {
  const known = probes.get(name);
  const at = now().getTime();
  if (known && at - known.at < PROBE_LIFETIME) return known.result;
  const result = check(async () => {
    const { status } = await fetch(address(), { redirect: "manual", signal: AbortSignal.timeout(3 * SECOND) });
    if (status >= 500) throw new Error(`Answers ${status}.`);
  });
  probes.set(name, { at, result });
  return result;
}
