import { now } from "../clock";
import type { Prisma } from "../db";
import { crmEnv } from "../env";
import { signedHeaders } from "../http/signature";
import { callProvider, captureMessage, type Message, sendOnce } from "./send-once";

/**
 * Sends an event to the CRM as signed JSON (Standard Webhooks), or captures it if there is no CRM. The idempotency key is the
 * message's id, so it is the same for all retries.
 * @throws AppError as `callProvider` does
 */
export async function updateCrm(
  message: Pick<Message, "kind" | "entityId">,
  type: string,
  data: Prisma.InputJsonObject,
): Promise<void> {
  await sendOnce({ ...message, channel: "crm", target: "crm", body: { type, data } }, async ({ key }) => {
    const crm = crmEnv();
    if (!crm) return captureMessage("crm", key, { type, ...data });
    const body = JSON.stringify({ id: key, type, data });
    const headers = { "content-type": "application/json", "idempotency-key": key };
    const signed = signedHeaders([crm.CRM_SECRET], key, body, now());
    await callProvider("CRM", crm.CRM_URL, { method: "POST", headers: { ...headers, ...signed }, body });
    return { provider: "crm", providerId: key };
  });
}
