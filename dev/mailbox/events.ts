import { createHmac, randomUUID } from "node:crypto";
import type { Notification } from "../stand-in/webhook-queue";
import { addressOf } from "./addresses";
import type { MailEventType, MailRecord } from "./mail";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Each counted from the failure before it (docs: "Retries and Replays"). */
export const RETRY_AFTER: readonly number[] = [
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  10 * HOUR,
];

/** Svix's scheme, which Resend uses ("Verify Webhooks Requests"): HMAC-SHA256 over `id.timestamp.body`, in base64. */
export function signNotification(eventId: string, body: string, secret: string, now: number): Record<string, string> {
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

function particulars(type: MailEventType, at: number, link: string | undefined): object {
  const person = { ipAddress: "127.0.0.1", timestamp: new Date(at).toISOString(), userAgent: "Mailbox" };
  if (type === "bounced") return { bounce: BOUNCE };
  if (type === "suppressed") return { suppressed: SUPPRESSED };
  if (type === "clicked") return { click: { ...person, link: link ?? "" } };
  return {};
}

/** The webhook of one event ("Event Types"). */
export function notificationOf(mail: MailRecord, type: MailEventType, at: number, link?: string): Notification {
  const data = {
    created_at: new Date(mail.created).toISOString(),
    email_id: mail.id,
    message_id: messageIdOf(mail),
    from: mail.from,
    to: mail.to,
    subject: mail.subject,
    ...(mail.tags.length > 0 ? { tags: Object.fromEntries(mail.tags.map((tag) => [tag.name, tag.value])) } : {}),
    ...particulars(type, at, link),
  };
  const body = { type: `email.${type}`, created_at: new Date(at).toISOString(), data };
  return { eventId: `msg_${randomUUID().replaceAll("-", "")}`, type: body.type, body: JSON.stringify(body) };
}

export const messageIdOf = (mail: MailRecord): string => `<${mail.id}@mailbox.steadfast.test>`;

/** A mail takes a second to arrive and a complainer another to complain; Resend promises no times. */
const ARRIVES_AFTER = SECOND;

/**
 * What becomes of a mail by itself, as ms after it went out. The test addresses act as documented ("Send Test Emails"),
 * with labels (`bounced+anything@resend.dev`).
 */
export function fateOf(mail: MailRecord): { type: MailEventType; after: number }[] {
  const test = [...mail.to, ...mail.cc, ...mail.bcc]
    .map((to) => /^(delivered|bounced|complained|suppressed)(?:\+.*)?@resend\.dev$/.exec(addressOf(to) ?? "")?.[1])
    .find((kind) => kind !== undefined && kind !== "delivered");
  if (test === "bounced") return [{ type: "bounced", after: ARRIVES_AFTER }];
  if (test === "suppressed") return [{ type: "suppressed", after: ARRIVES_AFTER }];
  const delivered = { type: "delivered" as const, after: ARRIVES_AFTER };
  return test === "complained" ? [delivered, { type: "complained", after: 2 * ARRIVES_AFTER }] : [delivered];
}
