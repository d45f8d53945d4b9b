import { now } from "../clock";
import { crmEnv } from "../env";
import { signedHeaders } from "../http/signature";
import { recordMessage } from "./capture";
import { callProvider } from "./provider";
import { type Message, sendOnce } from "./send-once";

/**
 * Tells the CRM, in JSON signed as Standard Webhooks are, or records it where there is none. The idempotency key, which is
 * the message's id too, stays the same over all tries.
 *
 * @throws AppError as `callProvider` does
 */
export async function updateCrm(
  message: Pick<Message, "kind" | "entityId">,
  type: string,
  data: Record<string, unknown>,
): Promise<void> {
  await sendOnce({ ...message, channel: "crm", target: "crm", body: { type, data } }, async ({ key }) => {
    const crm = crmEnv();
    if (!crm) return recordMessage("crm", key, { type, ...data });
    const at = now();
    const body = JSON.stringify({ id: key, type, data });
    const headers = { "content-type": "application/json", "idempotency-key": key };
    const signed = signedHeaders([crm.CRM_SECRET], key, body, at);
    await callProvider("CRM", crm.CRM_URL, { method: "POST", headers: { ...headers, ...signed }, body });
    return { provider: "crm", providerId: key };
  });
}
