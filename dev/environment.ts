import { randomBytes } from "node:crypto";
import { RESEND_EVENTS, STRIPE_EVENTS } from "@/lib/webhooks-in/subscribed-events";
import type { WebhookTarget } from "./fake-server/webhook-queue";

/** The keys that the fake servers accept. They have the form of real keys, because the app checks it. */
const STRIPE_KEY = "sk_test_steadfast";
const RESEND_KEY = "re_steadfast";
/** A connected account of the fake Stripe. */
const EXPENSES_ACCOUNT = "acct_steadfastexpenses";

export interface Secrets {
  stripeWebhook: string;
  resendWebhook: string;
  auth: string;
  /** The password of the local users. */
  password: string;
}

export function newSecrets(): Secrets {
  return {
    stripeWebhook: `whsec_${randomBytes(24).toString("hex")}`,
    resendWebhook: `whsec_${randomBytes(24).toString("base64")}`,
    auth: randomBytes(32).toString("hex"),
    password: `steady-${randomBytes(5).toString("hex")}`,
  };
}

/** The webhook endpoints of the app at Stripe and at Resend, as the README describes their set-up. */
export function webhookEndpoints(
  app: string,
  secrets: Pick<Secrets, "stripeWebhook" | "resendWebhook">,
): { stripe: WebhookTarget; resend: WebhookTarget } {
  return {
    stripe: { url: `${app}/api/webhooks/stripe`, secret: secrets.stripeWebhook, events: STRIPE_EVENTS },
    resend: { url: `${app}/api/webhooks/resend`, secret: secrets.resendWebhook, events: RESEND_EVENTS },
  };
}

export interface Addresses {
  app: string;
  database: string;
  inngest: string;
  stripe: string;
  mailbox: string;
}

/** The environment of an app that uses the local services. */
export function localEnvironment(addresses: Addresses, secrets: Secrets): Record<string, string> {
  return {
    APP_URL: addresses.app,
    DATABASE_URL: addresses.database,
    AUTH_SECRET: secrets.auth,
    INNGEST_DEV: "1",
    INNGEST_BASE_URL: addresses.inngest,
    STRIPE_SECRET_KEY: STRIPE_KEY,
    STRIPE_WEBHOOK_SECRET: secrets.stripeWebhook,
    STRIPE_API_URL: addresses.stripe,
    STRIPE_EXPENSES_ACCOUNT: EXPENSES_ACCOUNT,
    RESEND_API_KEY: RESEND_KEY,
    RESEND_WEBHOOK_SECRET: secrets.resendWebhook,
    RESEND_BASE_URL: addresses.mailbox,
    MAIL_FROM: "Steadfast <orders@steadfast.example>",
    MAIL_OPERATORS: "operators@steadfast.example",
    NOTIFY_OUTBOX_URL: `${addresses.mailbox}/outbox`,
    ALLOW_PRIVATE_TARGETS: "1",
  };
}

/** The environment of an app that uses the local services, except for those that `env` names itself. */
export function appEnvironment(addresses: Addresses, secrets: Secrets, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  // A line without a value counts as missing, as in the app.
  const own = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ""));
  const local = localEnvironment(addresses, secrets);
  if (own.STRIPE_SECRET_KEY) {
    delete local.STRIPE_API_URL;
    delete local.STRIPE_EXPENSES_ACCOUNT;
  }
  if (own.RESEND_API_KEY) delete local.RESEND_BASE_URL;
  if (own.INNGEST_EVENT_KEY) {
    delete local.INNGEST_DEV;
    delete local.INNGEST_BASE_URL;
  }
  return {
    LOG_LEVEL: "warn",
    ...local,
    ...own,
    NODE_ENV: env.NODE_ENV,
    APP_URL: addresses.app,
    DATABASE_URL: addresses.database,
  };
}
