import { after, now, SECOND } from "../clock";
import { db, transaction } from "../db";
import { networkEnv } from "../env";
import { messageOf } from "../errors";
import { type OutboundAnswer, requestOutside } from "../http/outgoing-request";
import { signedHeaders } from "../http/signature";
import { takePlace } from "./call-rate";
import { type CircuitState, decideCall, openFor } from "./circuit-breaker";
import { type OldSecret, secretsAt } from "./rotate-secret";

/** What came of a call: `wait` was none, because the endpoint is left alone, or has had its hundred, for so many ms. */
export type CallOutcome =
  | { outcome: "delivered" }
  | { outcome: "failed"; asked?: number }
  | { outcome: "wait"; ms: number }
  | { outcome: "ended"; why: string };

interface Delivery extends CircuitState {
  endpointId: string;
  userId: string;
  turnAt: Date | null;
  url: string;
  secret: string;
  oldSecrets: OldSecret[];
  body: string;
  status: string;
  enabled: boolean;
}

/** A probe holds the others back for no longer than its answer can take. */
const PROBE = 60 * SECOND;

/**
 * Makes one call of a delivery and writes down what came of it. A call whose end was not written down is made again, under
 * the same id, by which the receiver knows it. Failures are outcomes, not exceptions.
 */
export async function callWebhookEndpoint(deliveryId: string): Promise<CallOutcome> {
  const claim = await claimCall(deliveryId);
  if ("outcome" in claim) return claim;
  const { delivery, attempt } = claim;
  const started = performance.now();
  const at = now();
  const headers = {
    "content-type": "application/json",
    "user-agent": "Steadfast-Webhooks/1.0",
    ...signedHeaders(secretsAt(delivery, at), deliveryId, delivery.body, at),
  };
  const request = { url: delivery.url, method: "POST", headers, body: delivery.body } as const;
  const answer = await requestOutside({ ...request, timeout: networkEnv().WEBHOOK_TIMEOUT_MS }).catch(messageOf);
  await note(deliveryId, delivery, attempt, answer, at, Math.round(performance.now() - started));
  if (typeof answer === "string") return { outcome: "failed" };
  if (isSuccess(answer)) return { outcome: "delivered" };
  if (answer.status === 410) return { outcome: "ended", why: "gone" };
  return { outcome: "failed", asked: Number(answer.headers["retry-after"]) * SECOND || undefined };
}

const isSuccess = ({ status }: OutboundAnswer) => status >= 200 && status < 300;

/** Takes the next number for a call, if the delivery still wants one and the circuit lets it through. */
async function claimCall(deliveryId: string): Promise<CallOutcome | { delivery: Delivery; attempt: number }> {
  return transaction(async (tx) => {
    const [delivery] = await tx.$queryRaw<Delivery[]>`
      SELECT d.endpoint_id AS "endpointId", e.user_id AS "userId", d.turn_at AS "turnAt", e.url, e.secret, e.old_secrets AS "oldSecrets", d.body, d.status, e.enabled, e.failures, e.open_until AS "openUntil", e.probe_until AS "probeUntil"
      FROM webhook_deliveries d JOIN webhook_endpoints e ON e.id = d.endpoint_id WHERE d.id = ${deliveryId} FOR UPDATE`;
    if (!delivery) return { outcome: "ended", why: "there is no such delivery" };
    if (delivery.status !== "pending") return { outcome: "ended", why: delivery.status };
    const at = now();
    if (!delivery.enabled) {
      await tx.$executeRaw`UPDATE webhook_deliveries SET status = 'failed', ended_at = ${at} WHERE id = ${deliveryId}`;
      return { outcome: "ended", why: "the webhook is switched off" };
    }
    const decision = decideCall(delivery, at);
    if (typeof decision === "number") return { outcome: "wait", ms: decision };
    const ms = await takePlace(tx, delivery.userId, { id: deliveryId, turnAt: delivery.turnAt });
    if (ms > 0) return { outcome: "wait", ms };
    if (decision === "probe")
      await tx.$executeRaw`UPDATE webhook_endpoints SET probe_until = ${after(PROBE, at)} WHERE id = ${delivery.endpointId}`;
    const [counted] = await tx.$queryRaw<{ attempts: number }[]>`
      UPDATE webhook_deliveries SET attempts = attempts + 1 WHERE id = ${deliveryId} RETURNING attempts`;
    return { delivery, attempt: counted?.attempts ?? 1 };
  });
}

/** The log, the delivery's end and the endpoint's circuit, together. */
async function note(
  deliveryId: string,
  { endpointId }: Delivery,
  attempt: number,
  answer: OutboundAnswer | string,
  at: Date,
  duration: number,
): Promise<void> {
  const [status, detail] = typeof answer === "string" ? [null, answer] : [answer.status, answer.body.slice(0, 500)];
  const [delivered, gone] = [typeof answer !== "string" && isSuccess(answer), status === 410];
  await transaction(async (tx) => {
    const [endpoint] = await tx.$queryRaw<
      { failures: number }[]
    >`SELECT failures FROM webhook_endpoints WHERE id = ${endpointId} FOR UPDATE`;
    if (!endpoint) return;
    const failures = delivered ? 0 : endpoint.failures + 1;
    const pause = openFor(failures);
    await tx.$executeRaw`
      UPDATE webhook_endpoints SET failures = ${failures}, open_until = ${pause > 0 ? after(pause) : null}::timestamptz, probe_until = NULL,
        enabled = enabled AND NOT ${gone}, disabled_for = CASE WHEN ${gone} THEN 'gone' ELSE disabled_for END WHERE id = ${endpointId}`;
    await tx.$executeRaw`
      INSERT INTO webhook_attempts (delivery_id, attempt, at, status, detail, duration_ms)
      VALUES (${deliveryId}, ${attempt}, ${at}, ${status}, ${storable(detail)}, ${duration}) ON CONFLICT DO NOTHING`;
    if (delivered || gone)
      await tx.$executeRaw`
        UPDATE webhook_deliveries SET status = ${delivered ? "delivered" : "failed"}::delivery_status, ended_at = ${now()} WHERE id = ${deliveryId}`;
  });
}

/** PostgreSQL holds no NUL, whatever somebody answers. */
const storable = (text: string) => text.replaceAll("\u0000", "");

/** Every try is used up; a redelivery can be asked for. */
export async function failDelivery(deliveryId: string): Promise<void> {
  await db().$executeRaw`
    UPDATE webhook_deliveries SET status = 'failed', ended_at = ${now()} WHERE id = ${deliveryId} AND status = 'pending'`;
}
