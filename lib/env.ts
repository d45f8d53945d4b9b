import { z } from "zod";

import { COUNTRY_CODES } from "./address";
import { isChargeable } from "./currencies";
import { emailSchema } from "./email-address";
import { isPlainText } from "./text";

/** The URL of a server. A slash at its end is removed. */
const url = z.url({ protocol: /^https?$/ }).transform((text) => text.replace(/\/$/, ""));

/** A positive integer with a default. */
const count = (fallback: number) => z.coerce.number().int().positive().default(fallback);

const flag = (fallback: "0" | "1") =>
  z
    .enum(["0", "1"])
    .default(fallback)
    .transform((value) => value === "1");

/** Text of one form, without the spaces around it. */
const text = (form: RegExp, message: string) => z.string().trim().regex(form, message);

const webhookSecret = text(/^whsec_/, "must start with whsec_");

const encryptionKey = z.string().min(32, "must have at least 32 characters");

/** The levels of pino. */
const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;

/** An optional group: either none of its required variables is set, or all of them are. */
const optional = <S extends z.ZodObject>(schema: S) =>
  z.preprocess((env) => {
    const given = z.record(z.string(), z.unknown()).parse(env);
    // A variable with a default does not show whether the group is wanted.
    const needed = Object.entries<z.ZodType>(schema.shape).filter(([, field]) => !field.safeParse(undefined).success);
    return needed.some(([name]) => given[name] !== undefined) ? env : undefined;
  }, schema.optional());

/**
 * The environment variables, grouped by concern: a missing Stripe key breaks only the code that needs Stripe. A group is parsed at
 * first use, so a build needs none of them. `npm start` checks all groups before it listens (`checkEnvironment`).
 */
const concerns = {
  log: z.object({
    LOG_LEVEL: z.enum(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(", ")}`).default("info"),
  }),
  database: z.object({
    DATABASE_URL: z.string().regex(/^postgres(ql)?:\/\//, "must be a postgresql:// address"),
    /** Connections of each instance, shared by its processes. Each process has at least 3 (`bin/start.ts`). */
    DATABASE_POOL: count(10),
    /** 0: no prepared statements, for a pooler in transaction mode that does not support them. */
    DATABASE_PREPARE: flag("1"),
  }),
  app: z.object({
    /** The public URL of the app. Links in emails and the return URL of 3-D Secure start with it. */
    APP_URL: url,
    /** For each email address. */
    CHECKOUTS_PER_MINUTE: count(10),
    /** Failed payments and refused coupon codes of one client address. Further payments are refused. */
    CLIENT_FAILURES_PER_HOUR: count(20),
    /** The share of a product's stock that the unpaid orders of one client may reserve while they wait for it, in percent. */
    UNPAID_STOCK_PERCENT: z.coerce.number().int().min(1).max(100).default(25),
    /** The origins of storefronts elsewhere, whose pages may use the API: `https://a.example,https://b.example`. */
    CORS_ORIGINS: z
      .string()
      .default("")
      .transform((text) =>
        text
          .split(",")
          .map((origin) => origin.trim())
          .filter(Boolean),
      )
      .refine(
        (origins) => origins.every((origin) => URL.canParse(origin) && new URL(origin).origin === origin),
        "must be origins, such as https://a.example,https://b.example",
      ),
    /** Our own proxies in front of the app. Each adds an entry to `x-forwarded-for`; entries before theirs are not believed. */
    TRUSTED_PROXY_HOPS: z.coerce.number().int().min(0).max(10).default(0),
    /** How long a customer has for 3-D Secure before the order fails, in minutes. */
    PAYMENT_WINDOW_MINUTES: z.coerce
      .number()
      .int()
      .min(1)
      .max(120, "must be at most 120: stock is reserved for four hours")
      .default(30),
  }),
  auth: z.object({
    /** Signs sessions and the links in emails. A new secret signs all users out and invalidates these links. */
    AUTH_SECRET: z.string().min(32, "must have at least 32 characters"),
  }),
  inngest: z
    .object({
      INNGEST_DEV: z.string().optional(),
      INNGEST_BASE_URL: url.optional(),
      /** The environment at Inngest Cloud whose runs the console links to: production, unless this names another. */
      INNGEST_ENV: z.string().min(1).optional(),
      /** Where browsers reach Inngest, if that is not INNGEST_BASE_URL. */
      INNGEST_PUBLIC_URL: url.optional(),
      /** 0: no live progress; pages poll. */
      INNGEST_REALTIME: flag("1"),
      INNGEST_EVENT_KEY: z.string().min(1).optional(),
      INNGEST_SIGNING_KEY: z
        .string()
        .regex(
          /^(signkey-[\w-]+-)?([0-9a-f]{2})+$/i,
          "must be hexadecimal, with Inngest's prefix signkey-…- or without",
        )
        .optional(),
    })
    .superRefine((env, context) => {
      if (env.INNGEST_DEV && env.INNGEST_DEV !== "0" && env.INNGEST_DEV !== "false") return;
      for (const name of ["INNGEST_EVENT_KEY", "INNGEST_SIGNING_KEY"] as const)
        if (!env[name])
          context.addIssue({ code: "custom", path: [name], message: "is required unless INNGEST_DEV is set" });
    }),
  encryption: optional(
    z.object({
      /** Encrypts the personal data in events, and the results of steps, before they reach Inngest. */
      INNGEST_ENCRYPTION_KEY: encryptionKey,
      /** Another key that is only decrypted with: while a key is replaced, the next or the former one. */
      INNGEST_ENCRYPTION_KEY_FALLBACK: encryptionKey.optional(),
    }),
  ),
  stripe: z.object({
    STRIPE_SECRET_KEY: text(/^(sk|rk)_(test|live)_\w+$/, "must be a secret key, sk_test_… or sk_live_…"),
    /** Enables Stripe's card form at checkout. Without it, a shop in test mode offers a choice of Stripe's test cards. */
    STRIPE_PUBLISHABLE_KEY: text(
      /^pk_(test|live)_\w+$/,
      "must be a publishable key, pk_test_… or pk_live_…",
    ).optional(),
    STRIPE_WEBHOOK_SECRET: webhookSecret,
    /** The URL of another server than Stripe's, such as the fake Stripe. */
    STRIPE_API_URL: url.optional(),
    STRIPE_TIMEOUT_MS: count(20_000),
    /** The account for expenses of users without a connected account. Without it, such payouts wait in the manual queue. */
    STRIPE_EXPENSES_ACCOUNT: text(/^acct_\w+$/, "must be a connected account, acct_…").optional(),
  }),
  email: z.object({
    RESEND_API_KEY: text(/^re_[\w-]+$/, "must be an API key, re_…, without spaces or quotes"),
    RESEND_WEBHOOK_SECRET: webhookSecret,
    RESEND_BASE_URL: url.optional(),
    RESEND_TIMEOUT_MS: count(20_000),
    /** Emails of one kind to one recipient. Further ones wait. */
    EMAILS_PER_HOUR: count(20),
    MAIL_FROM: z.string().includes("@", "must be an address, or a name with one: Shop <orders@example.com>"),
    /** The recipient of alerts and reports for operators. */
    MAIL_OPERATORS: emailSchema,
    /** The sender's postal address. The footer of optional email must contain it (16 CFR 316.5). */
    EMAIL_POSTAL_ADDRESS: z.string().trim().min(1).max(300).optional(),
  }),
  review: z.object({
    /** The total from which managers review an order, in minor units by currency: `EUR:100000,JPY:15000000`. */
    REVIEW_FROM: z
      .string()
      .regex(/^([A-Z]{3}:[1-9]\d*(,|$))*$/, "must be amounts in minor units by currency, such as EUR:100000,USD:110000")
      .default("EUR:200000")
      .transform((text) => new Map(text.split(",").map((pair) => [pair.slice(0, 3), Number(pair.slice(4))]))),
    /** 1: a reviewed order is confirmed only after a manager has released it. */
    REVIEW_HOLD: flag("0"),
    /** How long a held order waits for a manager. After this time it is cancelled and refunded. */
    REVIEW_HOLD_HOURS: count(24),
  }),
  gift: z.object({
    /** The discount of the gift coupon for a first order, in percent. 0: no gift coupons. */
    GIFT_PERCENT: z.coerce.number().int().min(0).max(100).default(10),
    /** How long a gift coupon is valid. */
    GIFT_DAYS: count(90),
    /** The orders of one run that gives gifts. Inngest refuses all functions if it is more than the plan allows (Free: 5). */
    GIFT_BATCH: z.coerce.number().int().min(2).max(100).default(50),
  }),
  store: z.object({
    /** The shop's name on pages, in emails and in text messages. The sender of emails is MAIL_FROM. */
    STORE_NAME: z
      .string()
      .trim()
      .min(1, "must not be blank")
      .max(60, "must have at most 60 characters")
      .refine(isPlainText, "must be one line of text")
      .default("Steadfast"),
    /** The country that address forms select first. */
    STORE_COUNTRY: z
      .string()
      .default("DE")
      .refine((code) => COUNTRY_CODES.includes(code), "must be an ISO 3166-1 country code, such as DE"),
    /** The currency that forms of the console select first, and of events of a storefront that name none. */
    STORE_CURRENCY: z
      .string()
      .default("EUR")
      .refine(isChargeable, "must be the ISO 4217 code of a currency that Stripe can charge, such as EUR"),
    /** The time zone of the days in reports: a name of the IANA time zone database. */
    STORE_TIME_ZONE: z
      .string()
      .default("UTC")
      .refine((zone) => {
        try {
          // Node.js and PostgreSQL differ on abbreviations, such as IST, and on offsets, such as +02:00.
          return /^utc$|\//i.test(zone) && new Intl.DateTimeFormat("en", { timeZone: zone }) !== undefined;
        } catch {
          return false;
        }
      }, "must be a time zone such as Europe/Berlin, or UTC"),
    /** A product with this many available units or fewer is running out. */
    STOCK_LOW: count(5),
  }),
  reconcile: z.object({
    /** Minutes between two rounds of the reconciler, a divisor of 60. A longer interval saves runs, but lost work waits longer. */
    RECONCILE_EVERY_MINUTES: z.coerce
      .number()
      .refine((minutes) => [1, 2, 3, 4, 5, 6, 10, 12, 15].includes(minutes), "must be 1 to 6, 10, 12 or 15")
      .default(1),
  }),
  retention: z.object({
    // All of these are in days.
    /** Webhook deliveries, text, push and CRM messages, resolved alerts, bad rows of imports, results of earlier jobs. */
    RETAIN_LOG_DAYS: count(90),
    /** Sent events and processed webhooks, for the analysis of errors. */
    RETAIN_EVENT_DAYS: count(90),
    /** The bodies of emails. The rows of transactional email are never deleted, so that no email is sent twice. */
    RETAIN_EMAIL_BODY_DAYS: count(90),
    /** The rows of optional email. */
    RETAIN_EMAIL_DAYS: count(730),
    /** The events of emails, such as opens and clicks. */
    RETAIN_ENGAGEMENT_DAYS: count(365),
    /** The recipients of broadcasts. */
    RETAIN_BROADCAST_DAYS: count(365),
    /** Carts without a change, and the cookie that names them. */
    RETAIN_CART_DAYS: count(30),
    /** The last activity of users. A broadcast's segment may select by up to ten years. */
    RETAIN_ACTIVITY_DAYS: z.coerce
      .number()
      .int()
      .min(3_650, "must be at least 3650: segments ask that far back")
      .default(3_650),
    /** How long an Idempotency-Key of a client is valid. */
    RETAIN_IDEMPOTENCY_DAYS: count(30),
    /** Rows that one statement deletes. It holds their locks for some milliseconds. */
    CLEANUP_BATCH: count(1_000),
    /** Steps of one run, each of up to twenty batches. The next run continues. */
    CLEANUP_STEPS: count(100),
  }),
  // The channels besides email.
  notify: z.object({
    /** The capture URL: receives the messages of unconfigured channels as JSON at `/sms`, `/push` and `/crm`. */
    NOTIFY_OUTBOX_URL: url.optional(),
    NOTIFY_TIMEOUT_MS: count(10_000),
  }),
  sms: optional(
    z.object({
      TWILIO_ACCOUNT_SID: text(/^AC[0-9a-f]{32}$/, "must be an account SID, AC…"),
      TWILIO_AUTH_TOKEN: z.string().trim().min(1),
      /** A phone number of the Twilio account in E.164, or the SID of a Messaging Service. */
      TWILIO_FROM: text(
        /^(\+[1-9]\d{6,14}|MG[0-9a-f]{32})$/,
        "must be a number such as +4930123456, or a service SID, MG…",
      ),
      /** The URL of another server than Twilio's, for tests. */
      TWILIO_API_URL: url.default("https://api.twilio.com"),
    }),
  ),
  push: optional(
    z.object({
      /** A key pair from `npx web-push generate-vapid-keys`. After a change every browser must subscribe again. */
      VAPID_PUBLIC_KEY: text(/^[\w-]{87}$/, "must be a P-256 key in base64url"),
      VAPID_PRIVATE_KEY: text(/^[\w-]{43}$/, "must be a P-256 key in base64url"),
      /** The contact of the shop for operators of push services (RFC 8292). */
      VAPID_SUBJECT: text(/^(mailto:|https:\/\/)/, "must be mailto:… or https://…"),
    }),
  ),
  crm: optional(
    z.object({
      CRM_URL: url,
      CRM_SECRET: text(/^whsec_[A-Za-z0-9+/]{32,88}={0,2}$/, "must be whsec_ and 24 to 64 bytes in base64"),
    }),
  ),
  // Cloudflare Turnstile: a challenge for clients whose payments keep failing.
  challenge: optional(
    z.object({
      TURNSTILE_SITE_KEY: z.string().trim().min(1),
      TURNSTILE_SECRET_KEY: z.string().trim().min(1),
      TURNSTILE_VERIFY_URL: url.default("https://challenges.cloudflare.com/turnstile/v0/siteverify"),
    }),
  ),
  network: z.object({
    /** The timeout of a call to a webhook endpoint. Standard Webhooks recommends at most 15 to 30 s. */
    WEBHOOK_TIMEOUT_MS: count(10_000),
    /** 1: URLs of users may use http and point into the local network. For development only, never in production. */
    ALLOW_PRIVATE_TARGETS: flag("0"),
  }),
  bulk: z.object({
    /** Recipients that one step of a broadcast inserts. */
    BROADCAST_PAGE: count(1_000),
    /** Pages of one run. The next run continues, because each request carries the results of all earlier steps of its run. */
    BROADCAST_PAGES_PER_RUN: count(250),
    /**
     * Requests for a hundred emails that are started in a second. Resend's pages name limits of 2, 5 and 10 requests a second for a
     * team. The default is within the lowest limit. The rest of a higher limit is for the email about orders.
     */
    BROADCAST_REQUESTS_PER_SECOND: count(2),
  }),
  import: z.object({
    /** The largest file. It is stored in the database until its import has ended. */
    IMPORT_MAX_BYTES: count(512 * 1024 * 1024),
    /** The largest uploaded file. A request holds it in memory; a larger file is imported from its address. */
    IMPORT_UPLOAD_BYTES: count(20 * 1024 * 1024),
    /** The working time of one import. After it the import moves to the manual queue. */
    IMPORT_LIMIT_MS: count(15 * 60_000),
    /** The working time of one step of an import, well below the platform's limit for a request. */
    IMPORT_STEP_MS: count(30_000),
    /** The timeout while the file's server sends no data. */
    IMPORT_SILENCE_MS: count(15_000),
  }),
} as const;

type Concern = keyof typeof concerns;
type Parsed<C extends Concern> = z.output<(typeof concerns)[C]>;

/** Returns the errors of the environment, one sentence each. Empty if it is valid. */
export function checkEnvironment(env: NodeJS.ProcessEnv = process.env): string[] {
  return Object.values(concerns).flatMap((schema) => problems(schema.safeParse(present(env)).error));
}

function problems(error: z.ZodError | undefined): string[] {
  return (error?.issues ?? []).map((issue) => {
    const missing = issue.code === "invalid_type" && issue.message.includes("undefined");
    return `${issue.path.join(".")} ${missing ? "is missing" : issue.message}`;
  });
}

/** Returns the variables that are set. An empty one, `VARIABLE=` in a file, counts as missing. */
function present(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== "")) as NodeJS.ProcessEnv;
}

function reader<C extends Concern>(concern: C): () => Parsed<C> {
  // A group that is not wanted is `undefined`, which is a result too.
  let parsed: { group: Parsed<C> } | undefined;
  return () => {
    if (parsed) return parsed.group;
    const result = concerns[concern].safeParse(present(process.env));
    if (!result.success) throw new Error(`Environment (${concern}): ${problems(result.error).join("; ")}`);
    parsed = { group: result.data as Parsed<C> };
    return parsed.group;
  };
}

export const logEnv = reader("log");
export const databaseEnv = reader("database");
export const appEnv = reader("app");
export const authEnv = reader("auth");
export const inngestEnv = reader("inngest");
export const encryptionEnv = reader("encryption");
export const stripeEnv = reader("stripe");
export const emailEnv = reader("email");
export const storeEnv = reader("store");
export const reconcileEnv = reader("reconcile");
export const retentionEnv = reader("retention");
export const notifyEnv = reader("notify");
export const smsEnv = reader("sms");
export const pushEnv = reader("push");
export const crmEnv = reader("crm");
export const giftEnv = reader("gift");
export const reviewEnv = reader("review");
export const challengeEnv = reader("challenge");
export const networkEnv = reader("network");
export const bulkEnv = reader("bulk");
export const importEnv = reader("import");
