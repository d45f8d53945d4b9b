import { z } from "zod";
import { smsEnv } from "../env";
import { callProvider, captureMessage, type Message, sendOnce } from "./send-once";

type Twilio = NonNullable<ReturnType<typeof smsEnv>>;

const bodySchema = z.object({ to: z.string(), body: z.string() });
const messageSchema = z.object({ sid: z.string() });
const listSchema = z.object({ messages: z.array(z.object({ sid: z.string(), body: z.string().nullable() })) });

/** Returns a typed phone number in E.164, which Twilio requires; undefined without a country code. */
export function phoneNumber(text: string | null): string | undefined {
  const digits = text?.replace(/[\s()./-]/g, "").replace(/^00/, "+") ?? "";
  return /^\+[1-9]\d{6,14}$/.test(digits) ? digits : undefined;
}

/**
 * Sends a text message through Twilio, or captures it if there is no account. Twilio has no idempotency keys, so a retry first
 * searches the messages that were sent to this number. Therefore `text` must be unique to its subject, and a retry has the text of the
 * first try, also if the shop's name or the shipment has changed since.
 * @throws AppError as `callProvider` does
 */
export async function sendSms(message: Omit<Message, "channel" | "body">, text: string): Promise<void> {
  const body = { to: message.target, body: text };
  await sendOnce({ ...message, channel: "sms", body }, async ({ key, retried, body: stored }) => {
    const twilio = smsEnv();
    const { to, body } = bodySchema.parse(stored);
    if (!twilio) return captureMessage("sms", key, { to, body });
    const sid = (retried && (await findMessage(twilio, to, body))) || (await createMessage(twilio, to, body));
    return { provider: "twilio", providerId: sid };
  });
}

/** twilio.com/docs/messaging/api/message-resource, "Create a Message". */
async function createMessage(twilio: Twilio, to: string, body: string): Promise<string> {
  const from = twilio.TWILIO_FROM;
  const form = new URLSearchParams({ To: to, Body: body });
  form.set(from.startsWith("MG") ? "MessagingServiceSid" : "From", from);
  return messageSchema.parse(await callMessages(twilio, "", { method: "POST", body: form })).sid;
}

/** "Read multiple Message resources": newest first. */
async function findMessage(twilio: Twilio, to: string, body: string): Promise<string | undefined> {
  const { messages } = listSchema.parse(
    await callMessages(twilio, `?${new URLSearchParams({ To: to, PageSize: "50" })}`),
  );
  return messages.find((message) => message.body === body)?.sid;
}

async function callMessages(twilio: Twilio, query: string, init?: RequestInit): Promise<unknown> {
  const { TWILIO_API_URL, TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN } = twilio;
  const url = `${TWILIO_API_URL}/2010-04-01/Accounts/${TWILIO_ACCOUNT_SID}/Messages.json${query}`;
  const credentials = Buffer.from(`${TWILIO_ACCOUNT_SID}:${TWILIO_AUTH_TOKEN}`).toString("base64");
  return JSON.parse(await callProvider("Twilio", url, { ...init, headers: { authorization: `Basic ${credentials}` } }));
}
