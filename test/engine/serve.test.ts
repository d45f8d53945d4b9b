import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, describe, expect, it, onTestFinished } from "vitest";

const ENTRY = new URL("../../dev/serve.ts", import.meta.url).pathname;
const running = new Set<ChildProcess>();
afterEach(() => {
  for (const child of running) child.kill("SIGKILL");
});

function serve(args: string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, ["--import", "tsx", ENTRY, ...args], {
    env: { PATH: process.env.PATH, NODE_ENV: "test", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.add(child);
  let output = "";
  const exited = once(child, "exit").then(([code]) => code);
  const url = new Promise<string>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => {
        output += text;
        const found = /listening on (\S+)\s/.exec(output)?.[1];
        if (found) resolve(found);
      });
    child.once("exit", () => reject(new Error(output)));
  });
  // A test may expect the process to fail, and then nobody awaits the URL.
  url.catch(() => undefined);
  return { child, exited, url, output: () => output };
}

describe("dev/serve.ts", () => {
  it("serves the engine, registers the app at --app, and ends on SIGTERM", async () => {
    const registrations: (string | undefined)[] = [];
    const app = createServer(({ method, url }, response) => {
      registrations.push(`${method} ${url}`);
      response.end("{}");
    });
    await new Promise<void>((resolve) => app.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void app.close());
    const address = app.address();
    const port = typeof address === "object" ? address?.port : 0;
    const engine = serve(["engine", "--port", "0", "--app", `http://127.0.0.1:${port}`, "--rate", "10"]);
    expect(await (await fetch(`${await engine.url}/dev`)).json()).toMatchObject({
      version: "steadfast-engine",
    });
    await expect.poll(() => registrations, { timeout: 10_000 }).toContain("PUT /api/inngest");
    engine.child.kill("SIGTERM");
    expect(await engine.exited).toBe(0);
  });

  it("serves stripe and the mailbox, and restores the data of --store after SIGTERM", async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "serve-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const app = ["--app", "http://127.0.0.1:9", "--rate", "0"];
    const secrets = { STRIPE_WEBHOOK_SECRET: "whsec_test", RESEND_WEBHOOK_SECRET: "whsec_dGVzdA==" };
    const stripe = serve(["stripe", "--port", "0"]);
    const authorization = { authorization: "Bearer sk_test_steadfast" };
    const intents = await fetch(`${await stripe.url}/v1/payment_intents`, { headers: authorization });
    expect(await intents.json()).toMatchObject({ object: "list", data: [] });

    const start = () =>
      serve(["mailbox", "--port", "0", "--store", path.join(folder, "mailbox.jsonl"), ...app], secrets);
    const first = start();
    const email = { from: "a@shop.example", to: "b@shop.example", subject: "s", text: "t" };
    const headers = { authorization: "Bearer re_steadfast" };
    await fetch(`${await first.url}/emails`, { method: "POST", headers, body: JSON.stringify(email) });
    first.child.kill("SIGTERM");
    expect(await first.exited).toBe(0);
    const { items } = await (await fetch(`${await start().url}/messages?to=b@shop.example`)).json();
    expect(items).toMatchObject([{ subject: "s" }]);
  });

  it.each([
    [[], "No part is named."],
    [["shop"], 'There is no part "shop".'],
    [["engine", "more"], 'Unexpected argument "more".'],
    [["engine", "--journal", "x"], "--journal"],
    [["engine", "--port", "many"], '--port must be a number, not "many".'],
    [["engine", "--app", "localhost:3000"], "--app must be an http address"],
    [["stripe", "--app", "http://127.0.0.1:9"], "STRIPE_WEBHOOK_SECRET is missing"],
    [["migrate"], "DATABASE_URL is missing."],
  ])("%j: the error says %s", async (args, message) => {
    const program = serve(args);
    expect(await program.exited).toBe(1);
    expect(program.output()).toContain(message);
    expect(program.output()).toContain("Usage:");
  });
});
