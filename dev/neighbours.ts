import { mkdirSync } from "node:fs";
import path from "node:path";
import { type Child, startChild } from "./child";
import { startEngine } from "./engine";
import { signature } from "./engine/sign";
import { startMailbox } from "./mailbox";
import { freePort } from "./ports";
import type { WebhookTarget } from "./stand-in/webhook-queue";
import { startStripe } from "./stripe";
import { until } from "./until";

/** A part of the stack: the address it is at, and how it is stopped (nothing to stop where it is somebody else's). */
export interface Neighbour {
  url: string;
  note?: string;
  /** Has it read the app's functions; a real server is told by the app itself. */
  sync(app: string): Promise<void>;
  close(): Promise<void>;
}

const nothing = async () => {};

/** The Dev Server that `--dev-server` runs: the one whose protocol the engine follows. */
const INNGEST_CLI = "inngest-cli@1.45.1";

/** Inngest: what the environment names, a Dev Server that is running already, or the engine of `dev/engine`. */
export async function startInngest(
  dir: string,
  options: { devServer: boolean; app: string; log: (line: string) => void; fixed: boolean },
): Promise<Neighbour> {
  const named = process.env.INNGEST_BASE_URL;
  if (named) return { url: named, note: "from INNGEST_BASE_URL", sync: registerAtApp, close: nothing };
  if (process.env.INNGEST_EVENT_KEY)
    return { url: "https://api.inngest.com", note: "Inngest Cloud", sync: registerAtApp, close: nothing };
  const running = "http://127.0.0.1:8288";
  if (options.fixed && (await isDevServer(running)))
    return { url: running, note: "a Dev Server that was running", sync: registerAtApp, close: nothing };
  const port = await freePort(options.fixed ? 8288 : 0);
  if (options.devServer) return devServer(port, options.app, options.log);
  const engine = await startEngine({ port, journal: path.join(dir, "engine.jsonl"), log: options.log });
  return { url: engine.url, sync: (app) => engine.sync(`${app}/api/inngest`), close: () => engine.close() };
}

/** The real Dev Server says which version it is; our engine does not pretend to be one. */
async function isDevServer(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/dev`, { signal: AbortSignal.timeout(500) });
    const about: unknown = await response.json();
    return typeof about === "object" && about !== null && "startOpts" in about && !("steadfast" in about);
  } catch {
    return false;
  }
}

async function devServer(port: number, app: string, log: (line: string) => void): Promise<Neighbour> {
  const url = `http://127.0.0.1:${port}`;
  const child: Child = startChild(
    ["npx", "--yes", INNGEST_CLI, "dev", "--no-discovery", "--port", String(port), "--sdk-url", `${app}/api/inngest`],
    process.env,
    log,
  );
  await until(
    async () => {
      if (!child.alive()) throw new Error(`${INNGEST_CLI} could not be started; what it said is above.`);
      return fetch(`${url}/dev`).then(
        ({ ok }) => ok,
        () => false,
      );
    },
    "the Dev Server",
    { timeout: 120_000 },
  );
  return { url, note: "the real Dev Server", sync: registerAtApp, close: () => child.stop() };
}

/** Asks the app to register its functions where its environment says; with a signing key it hears only who has it. */
async function registerAtApp(app: string): Promise<void> {
  const key = process.env.INNGEST_SIGNING_KEY;
  const headers: HeadersInit = key ? { "x-inngest-signature": signature(key, "", Date.now()) } : {};
  const response = await fetch(`${app}/api/inngest`, { method: "PUT", headers });
  if (!response.ok) throw new Error(`The functions were not registered: ${await response.text()}`);
}

/** Stripe: the real one when there is a key for it, else the stand-in. */
export async function startPayments(dir: string, webhook: WebhookTarget, fixed: boolean): Promise<Neighbour> {
  if (process.env.STRIPE_SECRET_KEY)
    return { url: "https://api.stripe.com", note: "from STRIPE_SECRET_KEY", sync: nothing, close: nothing };
  mkdirSync(dir, { recursive: true });
  const stripe = await startStripe({
    port: await freePort(fixed ? 3010 : 0),
    store: path.join(dir, "stripe.jsonl"),
    webhook,
  });
  return { url: stripe.url, sync: nothing, close: () => stripe.close() };
}

/** Resend: the real one when there is a key for it, else the mailbox. */
export async function startMail(dir: string, webhook: WebhookTarget, fixed: boolean): Promise<Neighbour> {
  if (process.env.RESEND_API_KEY)
    return { url: "https://api.resend.com", note: "from RESEND_API_KEY", sync: nothing, close: nothing };
  mkdirSync(dir, { recursive: true });
  const mailbox = await startMailbox({
    port: await freePort(fixed ? 3020 : 0),
    store: path.join(dir, "mailbox.jsonl"),
    webhook,
  });
  return { url: mailbox.url, sync: nothing, close: () => mailbox.close() };
}
