import { createHmac, randomUUID } from "node:crypto";
import type { Notification } from "../fake-server/webhook-queue";
import type { Email, EmailEventType } from "./email-store";
import { addressOf } from "./validate";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Each counted from the failure before it (docs: "Retries and Replays"). */
export const RETRY_DELAYS_MS: readonly number[] = [
  ...[5 * SECOND, 5 * MINUTE, 30 * MINUTE],
  ...[2, 5, 10, 10].map((hours) => hours * HOUR),
];

/** Svix's scheme, which Resend uses ("Verify Webhooks Requests"): HMAC-SHA256 over `id.timestamp.body`, in base64. */
export function signWebhook(eventId: string, body: string, secret: string, now: number): Record<string, string> {
  const timestamp = Math.floor(now / 1000);
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  const signed = `${eventId}.${timestamp}.${body}`;
  return {
    "svix-id": eventId,
    "svix-timestamp": String(timestamp),
    "svix-signature": `v1,${createHmac("sha256", key).update(signed).digest("base64")}`,
    "user-agent": "Svix-Webhooks/1.0",
  };
}

const BOUNCE = {
  type: "Permanent",
  subType: "General",
  message: "The recipient's email provider sent a hard bounce message, but didn't specify the reason for it.",
  diagnosticCode: ["smtp; 550 5.1.1 The email account that you tried to reach does not exist."],
};

const SUPPRESSED = { type: "OnAccountSuppressionList", message: "The address is on the suppression list." };

function detailsOf(type: EmailEventType, at: number, link: string | undefined): object {
  const person = { ipAddress: "127.0.0.1", timestamp: new Date(at).toISOString(), userAgent: "Mailbox" };
  if (type === "bounced") return { bounce: BOUNCE };
  if (type === "suppressed") return { suppressed: SUPPRESSED };
  if (type === "clicked") return { click: { ...person, link: link ?? "" } };
  return {};
}

/** The webhook of one event ("Event Types"). */
export function webhookOf(email: Email, type: EmailEventType, at: number, link?: string): Notification {
  const data = {
    created_at: new Date(email.at).toISOString(),
    email_id: email.id,
    message_id: messageIdOf(email),
    from: email.from,
    to: email.to,
    subject: email.subject,
    ...(email.tags.length > 0 ? { tags: Object.fromEntries(email.tags.map((tag) => [tag.name, tag.value])) } : {}),
    ...detailsOf(type, at, link),
  };
  const body = { type: `email.${type}`, created_at: new Date(at).toISOString(), data };
  return { eventId: `msg_${randomUUID().replaceAll("-", "")}`, type: body.type, body: JSON.stringify(body) };
}

export const messageIdOf = (email: Email): string => `<${email.id}@mailbox.steadfast.test>`;

/** An email is delivered after a second; a complaint follows after another one. Resend promises no times. */
const DELIVERY_MS = SECOND;

/**
 * The events that follow an email, with their delay in ms. Other addresses than the documented test addresses ("Send Test
 * Emails") get a delivery. Labels work (`bounced+anything@resend.dev`).
 */
export function testOutcomeOf(email: Email): { type: EmailEventType; after: number }[] {
  const test = [...email.to, ...email.cc, ...email.bcc]
    .map((to) => /^(delivered|bounced|complained|suppressed)(?:\+.*)?@resend\.dev$/.exec(addressOf(to) ?? "")?.[1])
    .find((kind) => kind !== undefined && kind !== "delivered");
  if (test === "bounced") return [{ type: "bounced", after: DELIVERY_MS }];
  if (test === "suppressed") return [{ type: "suppressed", after: DELIVERY_MS }];
  const delivered = { type: "delivered" as const, after: DELIVERY_MS };
  return test === "complained" ? [delivered, { type: "complained", after: 2 * DELIVERY_MS }] : [delivered];
}
