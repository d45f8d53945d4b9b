import { expect, onTestFinished, test, vi } from "vitest";
import { localEnvironment, newSecrets } from "@/dev/environment";
import { checkEnvironment, encryptionEnv } from "@/lib/env";

const here = "http://127.0.0.1:1";
const complete: NodeJS.ProcessEnv = {
  NODE_ENV: "test",
  ...localEnvironment(
    { app: here, database: "postgresql://u:p@127.0.0.1/d", inngest: here, stripe: here, mailbox: here },
    newSecrets(),
  ),
};

test("a complete environment has no problems", () => {
  expect(checkEnvironment(complete)).toEqual([]);
});

test("an optional group that is not set is read once, like any other", () => {
  vi.stubEnv("INNGEST_ENCRYPTION_KEY", undefined);
  onTestFinished(() => void vi.unstubAllEnvs());
  expect(encryptionEnv()).toBeUndefined();
  vi.stubEnv("INNGEST_ENCRYPTION_KEY", "k".repeat(32));
  expect(encryptionEnv()).toBeUndefined();
});

test("an empty one is notified of everything that is missing, at once, each by its name", () => {
  const problems = checkEnvironment({ NODE_ENV: "test" });
  for (const name of [
    "DATABASE_URL",
    "APP_URL",
    "STRIPE_SECRET_KEY",
    "STRIPE_WEBHOOK_SECRET",
    "RESEND_API_KEY",
    "MAIL_FROM",
  ])
    expect(problems).toContain(`${name} is missing`);
  expect(problems).toContain("INNGEST_SIGNING_KEY is required unless INNGEST_DEV is set");
  expect(new Set(problems).size).toBe(problems.length);
});

test.each([
  ["DATABASE_URL", "mysql://x", /must be a postgresql/],
  ["STRIPE_SECRET_KEY", "pk_test_1", /must be a secret key/],
  ["STRIPE_WEBHOOK_SECRET", "secret", /must start with whsec_/],
  ["RESEND_API_KEY", '"re_1"', /RESEND_API_KEY must be an API key, re_…, without spaces or quotes/],
  ["RESEND_API_KEY", "re_1 re_2", /RESEND_API_KEY must be an API key, re_…, without spaces or quotes/],
  ["APP_URL", "shop.example", /APP_URL/],
  ["PAYMENT_WINDOW_MINUTES", "0", /PAYMENT_WINDOW_MINUTES/],
  ["MAIL_OPERATORS", "nobody", /MAIL_OPERATORS/],
  ["LOG_LEVEL", "verbose", /^LOG_LEVEL must be one of trace, debug, info, warn, error, fatal, silent$/],
  ["STORE_NAME", "  ", /^STORE_NAME must not be blank$/],
  ["STORE_NAME", "Tea\nCake", /^STORE_NAME must be one line of text$/],
  ["STORE_NAME", "T".repeat(61), /^STORE_NAME must have at most 60 characters$/],
  ["STORE_COUNTRY", "UK", /^STORE_COUNTRY must be an ISO 3166-1 country code, such as DE$/],
  ["STORE_COUNTRY", "de", /^STORE_COUNTRY must be an ISO 3166-1 country code/],
  [
    "STORE_CURRENCY",
    "EURO",
    /^STORE_CURRENCY must be the ISO 4217 code of a currency that Stripe can charge, such as EUR$/,
  ],
  // Node.js reads it as India, and PostgreSQL as Israel.
  ["STORE_TIME_ZONE", "IST", /^STORE_TIME_ZONE must be a time zone such as Europe\/Berlin, or UTC$/],
  // Node.js 22 reads it as east of Greenwich, and PostgreSQL as west.
  ["STORE_TIME_ZONE", "+02:00", /^STORE_TIME_ZONE must be a time zone such as Europe\/Berlin, or UTC$/],
  ["STORE_TIME_ZONE", "Europe/Nowhere", /^STORE_TIME_ZONE must be a time zone such as Europe\/Berlin, or UTC$/],
])("%s=%s is notified of in words, and nothing else is", (name, value, words) => {
  const problems = checkEnvironment({ ...complete, [name]: value });
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatch(words);
});

test("the logger takes its level from the environment, and an empty one is info", async () => {
  onTestFinished(() => void vi.unstubAllEnvs());
  const levelOf = async (level: string) => {
    vi.stubEnv("LOG_LEVEL", level);
    vi.resetModules();
    return (await import("@/lib/log")).log.level;
  };
  expect(await levelOf("fatal")).toBe("fatal");
  expect(await levelOf("")).toBe("info");
  await expect(levelOf("verbose")).rejects.toThrow("Environment (log): LOG_LEVEL must be one of");
});

test("a variable that is set to nothing counts as missing, and a newline after a secret does no harm", () => {
  expect(checkEnvironment({ ...complete, STRIPE_SECRET_KEY: "" })).toEqual(["STRIPE_SECRET_KEY is missing"]);
  expect(checkEnvironment({ ...complete, STRIPE_WEBHOOK_SECRET: `${complete.STRIPE_WEBHOOK_SECRET}\n` })).toEqual([]);
});
