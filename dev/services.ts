import path from "node:path";
import { startChild } from "./child-process";
import { startEngine } from "./engine";
import { ENGINE_VERSION } from "./engine/routes-read";
import { signature } from "./engine/sign";
import { freePort } from "./ports";
import type { HttpServer, ServerOptions } from "./shared/http";
import type { FindSubjects } from "./shared/subject";
import { waitUntil } from "./wait-until";

export interface ServiceSecrets {
  stripeWebhook?: string;
  resendWebhook?: string;
  signingKey?: string;
  eventKey?: string;
}

interface LocalServiceOptions extends ServerOptions {
  /** The address of the app. */
  app?: string;
  secrets: ServiceSecrets;
  /** Of the mailbox. Default: Resend's. */
  ratePerSecond?: number;
}

type ServiceName = "engine" | "stripe" | "mailbox";

/** Starts one local service in this process, and loads only its modules. `app` gets registrations or webhooks from it. */
export async function startService(name: ServiceName, options: LocalServiceOptions): Promise<HttpServer> {
  const { app, secrets, ratePerSecond, ...server } = options;
  if (name === "engine") {
    const { signingKey, eventKey } = secrets;
    return startEngine({ ...server, signingKey, eventKey, apps: app === undefined ? [] : [`${app}/api/inngest`] });
  }
  const secret = name === "stripe" ? secrets.stripeWebhook : secrets.resendWebhook;
  if (app !== undefined && !secret)
    throw new Error(
      `${name === "stripe" ? "STRIPE" : "RESEND"}_WEBHOOK_SECRET is missing: it signs the webhooks to --app.`,
    );
  const { webhookEndpoints } = await import("./environment");
  const webhooks = app && secret ? webhookEndpoints(app, { stripeWebhook: secret, resendWebhook: secret }) : undefined;
  if (name === "stripe") return (await import("./stripe")).startStripe({ ...server, webhook: webhooks?.stripe });
  const { startMailbox } = await import("./mailbox");
  return startMailbox({ ...server, webhook: webhooks?.resend, ratePerSecond });
}

/** A service of the stack: its address, and how it is stopped (nothing to stop where the environment names it). */
export interface Service {
  url: string;
  note?: string;
  /** Registers the app's functions. */
  sync(app: string): Promise<void>;
  close(): Promise<void>;
}

export interface ServiceOptions {
  /** The folder of the stored data. */
  dir: string;
  app: string;
  secrets: ServiceSecrets;
  /** Take the well-known port where it is free; otherwise any. */
  fixedPorts: boolean;
  /** Run the real Inngest Dev Server instead of the engine. */
  devServer: boolean;
  /** Names the orders on the pages of the local services. */
  subjects: FindSubjects;
  log(line: string): void;
}

const doNothing = async () => {};

const external = (url: string, note: string): Service => ({ url, note, sync: registerAtApp, close: doNothing });

/** The Dev Server that `--dev-server` runs. Its protocol is the one that the engine follows. */
const INNGEST_CLI = "inngest-cli@1.45.1";

/** Inngest: the server that the environment names, a running Dev Server, or the engine of `dev/engine`. */
export async function startInngest(options: ServiceOptions): Promise<Service> {
  if (process.env.INNGEST_BASE_URL) return external(process.env.INNGEST_BASE_URL, "from INNGEST_BASE_URL");
  if (process.env.INNGEST_EVENT_KEY) return external("https://api.inngest.com", "Inngest Cloud");
  const running = "http://127.0.0.1:8288";
  if (options.fixedPorts && (await isFreeDevServer(running, options.app)))
    return external(running, "a running Dev Server");
  const port = await freePort(options.fixedPorts ? 8288 : undefined);
  if (options.devServer) return startDevServer(port, options);
  const store = path.join(options.dir, "engine.jsonl");
  const engine = await startEngine({ port, store, owner: options.app, log: options.log, subjects: options.subjects });
  return { url: engine.url, sync: (app) => engine.sync(`${app}/api/inngest`), close: engine.close };
}

/** Stripe: the real one when there is a key for it, otherwise the fake server. */
export const startPayments = (options: ServiceOptions): Promise<Service> =>
  startOrExternal("stripe", "STRIPE_SECRET_KEY", "https://api.stripe.com", 3010, options);

/** Resend: the real one when there is a key for it, otherwise the mailbox. */
export const startEmail = (options: ServiceOptions): Promise<Service> =>
  startOrExternal("mailbox", "RESEND_API_KEY", "https://api.resend.com", 3020, options);

async function startOrExternal(
  name: "stripe" | "mailbox",
  keyName: string,
  url: string,
  wantedPort: number,
  { dir, app, secrets, fixedPorts, subjects }: ServiceOptions,
): Promise<Service> {
  if (process.env[keyName]) return { url, note: `from ${keyName}`, sync: doNothing, close: doNothing };
  const port = await freePort(fixedPorts ? wantedPort : undefined);
  const service = await startService(name, { port, store: path.join(dir, `${name}.jsonl`), app, secrets, subjects });
  return { url: service.url, sync: doNothing, close: service.close };
}

/**
 * Whether a real Dev Server answers that does not run this product for another app: functions have one id in every
 * clone, so that the later registration would take over the runs of the earlier app.
 */
export async function isFreeDevServer(url: string, app: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/dev`, { signal: AbortSignal.timeout(3_000) });
    const info: unknown = await response.json();
    if (typeof info !== "object" || info === null || !("startOpts" in info && "version" in info)) return false;
    const functions = JSON.stringify("functions" in info ? info.functions : []);
    const registered = [...functions.matchAll(/"(https?:[^"]*[?&]fnId=steadfast-[^"]*)"/g)].map(([, at]) => at ?? "");
    return info.version !== ENGINE_VERSION && registered.every((at) => new URL(at).origin === new URL(app).origin);
  } catch {
    return false;
  }
}

async function startDevServer(port: number, { app, log }: ServiceOptions): Promise<Service> {
  const url = `http://127.0.0.1:${port}`;
  const child = startChild(
    ["npx", "--yes", INNGEST_CLI, "dev", "--no-discovery", "--port", String(port), "--sdk-url", `${app}/api/inngest`],
    process.env,
    log,
  );
  const isUp = async () => {
    if (!child.alive()) throw new Error(`${INNGEST_CLI} did not start; its output is above.`);
    return fetch(`${url}/dev`).then(
      ({ ok }) => ok,
      () => false,
    );
  };
  await waitUntil(isUp, "the Dev Server", { timeout: 120_000 });
  return { url, note: "the real Dev Server", sync: registerAtApp, close: () => child.stop() };
}

/** Makes the app register its functions at the server that its environment names. A signing key must sign the request. */
async function registerAtApp(app: string): Promise<void> {
  const key = process.env.INNGEST_SIGNING_KEY;
  const headers: HeadersInit = key ? { "x-inngest-signature": signature(key, "", Date.now()) } : {};
  const response = await fetch(`${app}/api/inngest`, { method: "PUT", headers });
  if (!response.ok) throw new Error(`The functions were not registered: ${await response.text()}`);
}
