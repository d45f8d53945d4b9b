import { now, SECOND } from "./clock";
import { db } from "./db";
import { emailEnv, inngestEnv, stripeEnv } from "./env";
import { messageOf } from "./errors";

export interface Check {
  status: "ok" | "failing";
  /** What is wrong, for a person. */
  detail?: string;
}

export interface Health {
  status: "ok" | "failing";
  checks: Record<"database" | "inngest" | "outbox" | "stripe" | "email", Check>;
}

/** An event this old has been passed over by its own sender and by several sweeps. */
const OUTBOX_PATIENCE = 180 * SECOND;
/** A probe of another service is not repeated sooner, however often somebody asks. */
const PROBE_LIFETIME = 10 * SECOND;

/** Whether everything that an order needs can be reached. Never throws; each check is bounded in time. */
export async function checkHealth(): Promise<Health> {
  const [database, inngest, outbox, stripe, email] = await Promise.all([
    check(() => db().$queryRaw`SELECT 1`),
    probe("inngest", () => inngestEnv().INNGEST_BASE_URL ?? "https://inn.gs"),
    check(checkOutbox),
    probe("stripe", () => stripeEnv().STRIPE_API_URL ?? "https://api.stripe.com"),
    probe("email", () => emailEnv().RESEND_BASE_URL ?? "https://api.resend.com"),
  ]);
  const checks = { database, inngest, outbox, stripe, email };
  return { status: Object.values(checks).every(({ status }) => status === "ok") ? "ok" : "failing", checks };
}

async function checkOutbox(): Promise<void> {
  const [row] = await db().$queryRaw<
    { oldest: Date | null }[]
  >`SELECT min(created_at) AS oldest FROM outbox WHERE sent_at IS NULL`;
  const age = row?.oldest ? now().getTime() - row.oldest.getTime() : 0;
  if (age > OUTBOX_PATIENCE) throw new Error(`The oldest unsent event is ${Math.round(age / SECOND)} s old.`);
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
