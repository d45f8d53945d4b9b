import { z } from "zod";
import { count, optional, url } from "./env-fields";

const signingSecret = z
  .string()
  .trim()
  .regex(/^whsec_[A-Za-z0-9+/]{32,88}={0,2}$/, "must be whsec_ and 24 to 64 bytes in base64");

/** The channels besides email: text messages, push and the CRM. A channel is configured completely or not at all. */
export const channelConcerns = {
  notify: z.object({
    /** The capture URL: receives the messages of unconfigured channels as JSON at `/sms`, `/push` and `/crm`. */
    NOTIFY_OUTBOX_URL: url.optional(),
    NOTIFY_TIMEOUT_MS: count(10_000),
  }),
  sms: optional(
    z.object({
      TWILIO_ACCOUNT_SID: z
        .string()
        .trim()
        .regex(/^AC[0-9a-f]{32}$/, "must be an account SID, AC…"),
      TWILIO_AUTH_TOKEN: z.string().trim().min(1),
      /** A phone number of the Twilio account in E.164, or the SID of a Messaging Service. */
      TWILIO_FROM: z
        .string()
        .trim()
        .regex(/^(\+[1-9]\d{6,14}|MG[0-9a-f]{32})$/, "must be a number such as +4930123456, or a service SID, MG…"),
      /** The URL of another server than Twilio's, for tests. */
      TWILIO_API_URL: url.default("https://api.twilio.com"),
    }),
  ),
  push: optional(
    z.object({
      /** A key pair from `npx web-push generate-vapid-keys`. After a change every browser must subscribe again. */
      VAPID_PUBLIC_KEY: z
        .string()
        .trim()
        .regex(/^[\w-]{87}$/, "must be a P-256 key in base64url"),
      VAPID_PRIVATE_KEY: z
        .string()
        .trim()
        .regex(/^[\w-]{43}$/, "must be a P-256 key in base64url"),
      /** The contact of the shop for operators of push services (RFC 8292). */
      VAPID_SUBJECT: z
        .string()
        .trim()
        .regex(/^(mailto:|https:\/\/)/, "must be mailto:… or https://…"),
    }),
  ),
  crm: optional(z.object({ CRM_URL: url, CRM_SECRET: signingSecret })),
} as const;
