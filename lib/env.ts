import { z } from "zod";
import { channelConcerns } from "./env-channels";
import { count, url } from "./env-fields";

/**
 * The environment by concern: a missing Stripe key breaks only what needs Stripe. Each is read when first used, so that a
 * build needs none of them; `npm start` reads all of them before it listens (`checkEnvironment`).
 */
const concerns = {
  database: z.object({
    DATABASE_URL: z.string().regex(/^postgres(ql)?:\/\//, "must be a postgresql:// address"),
    /** Connections per instance; keep instances × this below the server's max_connections. */
    DATABASE_POOL: count(10),
    /** 0: every statement is parsed and planned anew, for a pooler that lends a connection for one transaction and knows no other way. */
    DATABASE_PREPARE: z
      .enum(["0", "1"])
      .default("1")
      .transform((flag) => flag === "1"),
  }),
  app: z.object({
    /** Where customers reach the app; links in emails and the return from 3-D Secure start with it. */
    APP_URL: url,
    CHECKOUTS_PER_MINUTE: count(10),
    /** How long a customer has for 3-D Secure before the order is given up, in minutes. */
    PAYMENT_WINDOW_MINUTES: z.coerce
      .number()
      .int()
      .min(1)
      .max(120, "must be at most 120: stock is set aside for four hours")
      .default(30),
  }),
  auth: z.object({
    /** Signs sessions and the links in emails. Changing it signs everybody out. */
    AUTH_SECRET: z.string().min(32, "must have at least 32 characters"),
  }),
  inngest: z
    .object({
      INNGEST_DEV: z.string().optional(),
      INNGEST_BASE_URL: url.optional(),
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
  stripe: z.object({
    STRIPE_SECRET_KEY: z
      .string()
      .trim()
      .regex(/^(sk|rk)_(test|live)_\w+$/, "must be a secret key, sk_test_… or sk_live_…"),
    /** Shows Stripe's own card form at checkout; without it, and in test mode, one chooses among Stripe's test cards. */
    STRIPE_PUBLISHABLE_KEY: z
      .string()
      .trim()
      .regex(/^pk_(test|live)_\w+$/, "must be a publishable key, pk_test_… or pk_live_…")
      .optional(),
    STRIPE_WEBHOOK_SECRET: z.string().trim().startsWith("whsec_", "must start with whsec_"),
    /** Only to reach Stripe at another address than its own. */
    STRIPE_API_URL: url.optional(),
    STRIPE_TIMEOUT_MS: count(20_000),
    /** The connected account for expenses of users who have none of their own; without one they wait in the manual queue. */
    STRIPE_EXPENSES_ACCOUNT: z
      .string()
      .trim()
      .regex(/^acct_\w+$/, "must be a connected account, acct_…")
      .optional(),
  }),
  email: z.object({
    RESEND_API_KEY: z.string().trim().startsWith("re_", "must start with re_"),
    RESEND_WEBHOOK_SECRET: z.string().trim().startsWith("whsec_", "must start with whsec_"),
    RESEND_BASE_URL: url.optional(),
    RESEND_TIMEOUT_MS: count(20_000),
    MAIL_FROM: z
      .string()
      .includes("@", { message: "must be an address, or a name with one: Shop <orders@example.com>" }),
    /** Who is told when something needs a person. */
    MAIL_OPERATORS: z.email(),
    /** The sender's postal address, for the foot of email that one can do without: the law asks for it (16 CFR 316.5). */
    EMAIL_POSTAL_ADDRESS: z.string().trim().min(1).max(300).optional(),
  }),
  review: z.object({
    /** From which total managers are told of an order, in minor units for each currency: `EUR:100000,JPY:15000000`. */
    REVIEW_FROM: z
      .string()
      .regex(/^([A-Z]{3}:[1-9]\d*(,|$))*$/, "must be amounts in minor units by currency, such as EUR:100000,USD:110000")
      .default("EUR:200000")
      .transform((text) => new Map(text.split(",").map((pair) => [pair.slice(0, 3), Number(pair.slice(4))]))),
    /** 1: such an order is not confirmed before a manager has released it. */
    REVIEW_HOLD: z
      .enum(["0", "1"])
      .default("0")
      .transform((flag) => flag === "1"),
    /** How long it waits for that; then it is cancelled and the money goes back. */
    REVIEW_HOLD_HOURS: count(24),
  }),
  gift: z.object({
    /** What the coupon for a first order takes off, in per cent; 0: there is none. */
    GIFT_PERCENT: z.coerce.number().int().min(0).max(100).default(10),
    /** How long it is good for. */
    GIFT_DAYS: count(90),
  }),
  store: z.object({
    /** Whose midnight ends a day of business, in reports: a name of the IANA time zone database. */
    STORE_TIME_ZONE: z
      .string()
      .default("UTC")
      .refine((zone) => {
        try {
          return new Intl.DateTimeFormat("en", { timeZone: zone }) !== undefined;
        } catch {
          return false;
        }
      }, "must be a time zone such as Europe/Berlin"),
    /** A product is running out from so many on. */
    STOCK_LOW: count(5),
  }),
  reconcile: z.object({
    /** Minutes between two rounds of the reconciler, a divisor of 60. More saves runs, and lost work waits longer. */
    RECONCILE_EVERY_MINUTES: z.coerce
      .number()
      .refine((minutes) => [1, 2, 3, 4, 5, 6, 10, 12, 15].includes(minutes), "must be 1 to 6, 10, 12 or 15")
      .default(1),
  }),
  retention: z.object({
    /**
     * In days: how long what was sent to partners and by text message, alerts that are over, bad rows of imports and results
     * of former jobs can be looked up.
     */
    RETAIN_LOG_DAYS: count(90),
    /** Events sent and webhooks dealt with: for looking into what went wrong. */
    RETAIN_EVENT_DAYS: count(90),
    /** What an email said; that it was sent is kept for good, so that it is not sent twice. */
    RETAIN_EMAIL_BODY_DAYS: count(90),
    /** That email which one can do without was sent; when it was opened; to whom a broadcast went. */
    RETAIN_EMAIL_DAYS: count(730),
    RETAIN_ENGAGEMENT_DAYS: count(365),
    RETAIN_BROADCAST_DAYS: count(365),
    /** When somebody was last here. A broadcast's segment may ask for up to ten years. */
    RETAIN_ACTIVITY_DAYS: z.coerce
      .number()
      .int()
      .min(3_650, "must be at least 3650: segments ask that far back")
      .default(3_650),
    /** How long a client may repeat a request under its Idempotency-Key. */
    RETAIN_IDEMPOTENCY_DAYS: count(30),
    /** Rows that one statement removes: some milliseconds of locks. */
    CLEANUP_BATCH: count(1_000),
    /** Steps of a run before it hands over to a next one; each removes up to twenty batches. */
    CLEANUP_STEPS: count(100),
  }),
  ...channelConcerns,
  network: z.object({
    /** How long a partner has to answer; Standard Webhooks advises 15 to 30 s at most. */
    WEBHOOK_TIMEOUT_MS: count(10_000),
    /** Lets addresses that users give lead to http and into the local network: for development, never in production. */
    ALLOW_PRIVATE_TARGETS: z
      .enum(["0", "1"])
      .default("0")
      .transform((flag) => flag === "1"),
  }),
  bulk: z.object({
    /** Recipients that one step of a broadcast writes down. */
    BROADCAST_PAGE: count(1_000),
    /** Pages until a run hands over to a next one: a request carries the results of all steps before it. */
    BROADCAST_PAGES_PER_RUN: count(250),
  }),
  import: z.object({
    /** The largest file; it is kept in the database until its import has ended. */
    IMPORT_MAX_BYTES: count(512 * 1024 * 1024),
    /** How long one import may be worked on before it waits for a person. */
    IMPORT_LIMIT_MS: count(15 * 60_000),
    /** How long one step of an import works; well below the platform's limit for a request. */
    IMPORT_STEP_MS: count(30_000),
    /** How long the file's server may say nothing. */
    IMPORT_SILENCE_MS: count(15_000),
  }),
} as const;

type Concern = keyof typeof concerns;
type Parsed<C extends Concern> = z.output<(typeof concerns)[C]>;

/** What is wrong with the environment, one sentence each; empty when all is well. */
export function checkEnvironment(env: NodeJS.ProcessEnv = process.env): string[] {
  return Object.values(concerns).flatMap((schema) => problems(schema.safeParse(present(env)).error));
}

function problems(error: z.ZodError | undefined): string[] {
  return (error?.issues ?? []).map((issue) => {
    const missing = issue.code === "invalid_type" && issue.message.includes("undefined");
    return `${issue.path.join(".")} ${missing ? "is missing" : issue.message}`;
  });
}

/** `VARIABLE=` in a file means not set. */
function present(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== "")) as NodeJS.ProcessEnv;
}

function reader<C extends Concern>(concern: C): () => Parsed<C> {
  let parsed: Parsed<C> | undefined;
  return () => {
    if (parsed) return parsed;
    const result = concerns[concern].safeParse(present(process.env));
    if (!result.success) throw new Error(`Environment (${concern}): ${problems(result.error).join("; ")}`);
    parsed = result.data as Parsed<C>;
    return parsed;
  };
}

export const databaseEnv = reader("database");
export const appEnv = reader("app");
export const authEnv = reader("auth");
export const inngestEnv = reader("inngest");
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
export const networkEnv = reader("network");
export const bulkEnv = reader("bulk");
export const importEnv = reader("import");
