import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { parseEnv } from "node:util";
import { expect, test } from "vitest";
import { appEnvironment, newSecrets } from "@/dev/environment";
import { checkEnvironment } from "@/lib/env";

const example = readFileSync(".env.example", "utf8");
/** Read where the server starts. */
const SERVER = ["HOST", "PORT", "WEB_CONCURRENCY"];

test(".env.example names exactly the variables that the code reads, and explains each", () => {
  const read = [...readFileSync("lib/env.ts", "utf8").matchAll(/\b([A-Z][A-Z0-9]*_[A-Z0-9_]+): /g)].map(
    ([, name]) => name,
  );
  const named = Object.keys(parseEnv(example));
  expect(named.sort()).toEqual([...SERVER, ...new Set(read)].sort());
  for (const block of example.split(/\n(?=#)/))
    for (const name of Object.keys(parseEnv(block))) expect(block, name).toMatch(/^#/);
});

test("what it marks as required is what a start without an environment complains of", () => {
  const required = example
    .split(/\n(?=#)/)
    .filter((block) => block.includes("(required"))
    .flatMap((block) => Object.keys(parseEnv(block)));
  const missing = checkEnvironment({ NODE_ENV: "test" }).map((problem) => problem.split(" ")[0]);
  expect(required.sort()).toEqual(missing.sort());
});

test("the values that it gives are the defaults, and valid", () => {
  const problems = checkEnvironment({ NODE_ENV: "test", ...parseEnv(example) });
  expect(
    problems.every((problem) => /is (missing|required)/.test(problem)),
    problems.join("\n"),
  ).toBe(true);
});

test("a copy of it as .env leaves npm run dev the local services", () => {
  const [stripe, inngest, mailbox] = ["http://127.0.0.1:2", "http://127.0.0.1:3", "http://127.0.0.1:4"];
  const addresses = {
    app: "http://127.0.0.1:1",
    stripe,
    inngest,
    mailbox,
    database: "postgresql://steadfast@127.0.0.1/shop",
  };
  const env = appEnvironment(addresses, newSecrets(), { NODE_ENV: "test", ...parseEnv(example) });
  expect(checkEnvironment(env)).toEqual([]);
  expect(env).toMatchObject({ STRIPE_API_URL: stripe, INNGEST_BASE_URL: inngest, RESEND_BASE_URL: mailbox });
});

test("the start lists a wrong log level among the problems, and ends", () => {
  const env = { ...process.env, LOG_LEVEL: "verbose", STORE_COUNTRY: "XX" };
  const start = spawnSync(process.execPath, ["--import", "tsx", "bin/start.ts"], { env, encoding: "utf8" });
  expect(start.status).toBe(1);
  expect(start.stderr).toContain("Steadfast cannot start; the environment is not complete");
  expect(start.stderr).toContain("  - LOG_LEVEL must be one of trace,");
  expect(start.stderr).toContain("  - STORE_COUNTRY must be an ISO 3166-1 country code");
});
