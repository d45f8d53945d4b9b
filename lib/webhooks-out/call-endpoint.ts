import { after, MINUTE, now, SECOND } from "../clock";
import { db, type Tx, transaction } from "../db";
import { networkEnv } from "../env";
import { messageOf } from "../errors";
import { type OutgoingResponse, sendOutgoingRequest } from "../http/outgoing-request";
import { signedHeaders } from "../http/signature";
import { ANY_WAIT, acquireSlot } from "../rate-limit";
import { decideCall, openFor } from "./circuit-breaker";
import { secretsAt } from "./endpoints";

/** `wait`: no attempt was made, because the circuit is open or the rate limit has no slot yet. */
export type CallOutcome =
  | { outcome: "delivered" }
  | { outcome: "failed"; retryAfterMs?: number }
  | { outcome: "wait"; ms: number }
  | { outcome: "ended"; reason: string };

/**
 * Limits attempts to a user's endpoints, retries included, to 100 in any 60 s. Inngest's throttle alone does not: it counts starts
 * of runs, and a full bucket lets 200 start within the first minute (server: pkg/constraintapi/lua/acquire.lua, limit + burst).
 *
 * 85 a minute is one slot every 706 ms. A burst of 10 may use slots up to 6.4 s early, and a run may use its slot up to 4 s late.
 * So the attempts of 60 s use slots of 64 s, which are at most (64 s + 6.4 s) / 706 ms + 1 = 100.
 */
const CALL_RATE = { count: 85, periodMs: MINUTE, burst: 10 };
const MAX_SLOT_DELAY_MS = 4 * SECOND;

/** While a probe is under way, other attempts wait. A request takes much less than this. */
const PROBE_TIMEOUT_MS = 60 * SECOND;

/**
 * Makes one attempt of a delivery and stores its result. If the result was not stored, the attempt is repeated under the same id,
 * by which the receiver recognizes it. Failures are outcomes, not exceptions.
 */
export async function callWebhookEndpoint(deliveryId: string): Promise<CallOutcome> {
  const claim = await claimAttempt(deliveryId);
  if ("outcome" in claim) return claim;
  const { delivery, attempt } = claim;
  const { endpoint, body } = delivery;
  const started = performance.now();
  const at = now();
  const headers = {
    "content-type": "application/json",
    "user-agent": "Steadfast-Webhooks/1.0",
    ...signedHeaders(secretsAt(endpoint, at), deliveryId, body, at),
  };
  const timeoutMs = networkEnv().WEBHOOK_TIMEOUT_MS;
  const response = await sendOutgoingRequest({ url: endpoint.url, headers, body, timeoutMs }).catch(messageOf);
  const durationMs = Math.round(performance.now() - started);
  const gone = await recordAttempt(delivery, { deliveryId, attempt, at, durationMs }, response);
  if (typeof response === "string") return { outcome: "failed" };
  if (isSuccess(response.status)) return { outcome: "delivered" };
  if (gone) return { outcome: "ended", reason: "The endpoint is gone (410)." };
  return { outcome: "failed", retryAfterMs: Number(response.headers["retry-after"]) * SECOND || undefined };
}

const isSuccess = (status: number | null) => status !== null && status >= 200 && status < 300;

const readDelivery = (tx: Tx, id: string) =>
  tx.webhookDelivery.findUnique({ where: { id }, include: { endpoint: true } });

type Delivery = NonNullable<Awaited<ReturnType<typeof readDelivery>>>;

/** Returns the delivery and the number of its next attempt, or why there is no attempt now. */
async function claimAttempt(id: string): Promise<CallOutcome | { delivery: Delivery; attempt: number }> {
  return transaction(async (tx) => {
    await tx.$queryRaw<{ id: string }[]>`
      SELECT d.id FROM webhook_deliveries d JOIN webhook_endpoints e ON e.id = d.endpoint_id WHERE d.id = ${id} FOR UPDATE`;
    const delivery = await readDelivery(tx, id);
    if (!delivery) return { outcome: "ended", reason: "There is no such delivery." };
    if (delivery.status !== "pending") return { outcome: "ended", reason: `The delivery is ${delivery.status}.` };
    const at = now();
    if (!delivery.endpoint.enabled) {
      await tx.webhookDelivery.update({ where: { id }, data: { status: "failed", endedAt: at } });
      return { outcome: "ended", reason: "The endpoint is disabled." };
    }
    const decision = decideCall(delivery.endpoint, at);
    if (typeof decision === "number") return { outcome: "wait", ms: decision };
    const ms = await takeSlot(tx, delivery, at);
    if (ms > 0) return { outcome: "wait", ms };
    if (decision === "probe")
      await tx.webhookEndpoint.update({
        where: { id: delivery.endpointId },
        data: { probeUntil: after(PROBE_TIMEOUT_MS, at) },
      });
    const { attempts } = await tx.webhookDelivery.update({
      where: { id },
      data: { attempts: { increment: 1 }, scheduledAt: null },
    });
    return { delivery, attempt: attempts };
  });
}

/** Takes a rate limit slot, or uses the one that the delivery has. Returns how long to wait for it, in ms. */
async function takeSlot(tx: Tx, { id, endpoint, scheduledAt }: Delivery, at: Date): Promise<number> {
  if (scheduledAt && after(MAX_SLOT_DELAY_MS, scheduledAt) >= at) return scheduledAt.getTime() - at.getTime();
  const ms = (await acquireSlot(`webhook-calls:${endpoint.userId}`, CALL_RATE, { maxWaitMs: ANY_WAIT, tx })) ?? 0;
  if (ms > 0) await tx.webhookDelivery.update({ where: { id }, data: { scheduledAt: after(ms, at) } });
  return ms;
}

/**
 * Stores the attempt's log entry, the end of the delivery and the state of the endpoint's circuit, together. Returns whether the
 * endpoint is gone. An answer of a URL that its owner has changed meanwhile says nothing about the endpoint.
 */
async function recordAttempt(
  { endpointId, endpoint: { url } }: Delivery,
  attempt: { deliveryId: string; attempt: number; at: Date; durationMs: number },
  response: OutgoingResponse | string,
): Promise<boolean> {
  const [status, detail] =
    typeof response === "string" ? [null, response] : [response.status, response.body.slice(0, 500)];
  const delivered = isSuccess(status);
  return transaction(async (tx) => {
    const [endpoint] = await tx.$queryRaw<{ failures: number; called: boolean }[]>`
      SELECT failures, url = ${url} AS called FROM webhook_endpoints WHERE id = ${endpointId} FOR UPDATE`;
    if (!endpoint) return false;
    const failures = delivered ? 0 : endpoint.failures + 1;
    const pause = openFor(failures);
    const gone = status === 410 && endpoint.called;
    await tx.webhookEndpoint.updateMany({
      where: { id: endpointId, url },
      data: {
        failures,
        openUntil: pause > 0 ? after(pause) : null,
        probeUntil: null,
        ...(gone && { enabled: false, disabledFor: "gone" }),
      },
    });
    // PostgreSQL cannot store NUL.
    const entry = { ...attempt, status, detail: detail.replaceAll("\u0000", "") };
    await tx.webhookAttempt.createMany({ data: entry, skipDuplicates: true });
    if (delivered || gone)
      await tx.webhookDelivery.update({
        where: { id: attempt.deliveryId },
        data: { status: delivered ? "delivered" : "failed", endedAt: now() },
      });
    return gone;
  });
}

/** Fails a delivery after its last attempt. Its owner can request a redelivery. */
export async function failDelivery(id: string): Promise<void> {
  await db().webhookDelivery.updateMany({
    where: { id, status: "pending" },
    data: { status: "failed", endedAt: now() },
  });
}
