import { z } from "zod";
import { ago, now, SECOND } from "../clock";
import { db, type Prisma } from "../db";
import { emailEnv, inngestEnv, stripeEnv } from "../env";
import { messageOf } from "../errors";
import { listHeartbeats, overdueHeartbeats } from "../heartbeats";
import { DEADLINE_GRACE_MS } from "../invariants";

const statusSchema = z.enum(["ok", "failing"]);
const checkSchema = z.strictObject({
  status: statusSchema,
  detail: z.string().optional().describe("The reason of a failure; for operators only."),
});

export type Check = z.output<typeof checkSchema>;

export const healthSchema = z.strictObject({
  status: statusSchema,
  checks: z.strictObject({
    database: checkSchema.describe("Orders can be stored; this alone decides `status`."),
    ...{ inngest: checkSchema, outbox: checkSchema, stripe: checkSchema, email: checkSchema },
    orders: checkSchema.describe("No order is open past its deadline."),
    crons: checkSchema.describe("Every scheduled function has run on time."),
    events: checkSchema.describe("Inngest has refused no event."),
  }),
});

export type Health = z.output<typeof healthSchema>;
export type CheckName = keyof Health["checks"];

/** By this age, the committing process and several sweeps have tried to send an event. */
export const MAX_OUTBOX_AGE_MS = 180 * SECOND;
/** The result of a probe is cached for this time, so frequent health checks do not cause more calls. */
const PROBE_TTL_MS = 10 * SECOND;

/**
 * Checks everything that an order needs. Never throws; each check ends within three seconds. The status says whether orders can be
 * placed. Only the database decides it: a stored order survives the outage of every other part, so an orchestrator that removes the
 * app would only stop the sale.
 */
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
  return { status: database.status, checks };
}

/** Returns what everybody may see: no reasons, which can contain ids and addresses. */
export const withoutDetails = (health: Health): Health =>
  JSON.parse(JSON.stringify(health, (key, value) => (key === "detail" ? undefined : value)));

async function checkOutbox(): Promise<void> {
  const where = { sentAt: null, quarantinedAt: null };
  const { _min } = await db().outboxEvent.aggregate({ where, _min: { createdAt: true } });
  const age = now().getTime() - (_min.createdAt ?? now()).getTime();
  if (age > MAX_OUTBOX_AGE_MS) throw new Error(`The oldest unsent event is ${Math.round(age / SECOND)} s old.`);
}

async function checkEvents(): Promise<void> {
  const refused = { sentAt: null, quarantinedAt: { not: null } };
  const [count, first] = await Promise.all([
    db().outboxEvent.count({ where: refused }),
    db().outboxEvent.findFirst({ where: refused, orderBy: { id: "asc" } }),
  ]);
  if (first)
    throw new Error(`Inngest refuses ${count} events, such as ${first.id}: ${first.lastError} See the manual queue.`);
}

async function checkOrders(): Promise<void> {
  const where: Prisma.OrderWhereInput = {
    status: { in: ["pending", "awaiting_payment"] },
    deadlineAt: { lt: ago(DEADLINE_GRACE_MS) },
  };
  const { _count, _min } = await db().order.aggregate({ where, _count: true, _min: { id: true } });
  if (_count > 0) throw new Error(`${_count} orders are open past their deadline, such as ${_min.id}.`);
}

async function checkCrons(): Promise<void> {
  const overdue = overdueHeartbeats(await listHeartbeats(), now());
  if (overdue.length > 0)
    throw new Error(overdue.map(({ name, at }) => `${name} has not run since ${at.toISOString()}.`).join(" "));
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

/** Calls a service. Any answer below 500 shows that it is up. */
function probe(name: string, url: () => string): Promise<Check> {
  const cached = probes.get(name);
  const at = now().getTime();
  if (cached && at - cached.at < PROBE_TTL_MS) return cached.result;
  const result = check(async () => {
    const { status } = await fetch(url(), { redirect: "manual", signal: AbortSignal.timeout(3 * SECOND) });
    if (status >= 500) throw new Error(`Answers ${status}.`);
  });
  probes.set(name, { at, result });
  return result;
}
