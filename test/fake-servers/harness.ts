import { createServer, type Server } from "node:http";
import { Resend } from "resend";
import StripeSdk from "stripe";
import { onTestFinished } from "vitest";
import type { FakeServerOptions } from "@/dev/fake-server/start";
import { type MailboxOptions, startMailbox } from "@/dev/mailbox";
import { type VirtualClock, virtualClock } from "@/dev/shared/virtual-clock";
import { startStripe } from "@/dev/stripe";

export const WEBHOOK_SECRET = "whsec_c3RlYWRmYXN0LXRlc3Qtc2VjcmV0";
export const DAY = 24 * 60 * 60 * 1000;

/** The official SDK, unmodified, with nothing but the address changed. */
export function sdkFor(server: { port: number }, key = "sk_test_steadfast"): StripeSdk {
  return new StripeSdk(key, { host: "127.0.0.1", port: server.port, protocol: "http", maxNetworkRetries: 0 });
}

/** A fake Stripe on a virtual clock, closed after the test. */
export async function stripeForTest(options: FakeServerOptions = {}, start?: number) {
  const clock: VirtualClock = virtualClock({ start });
  const fakeStripe = await startStripe({ clock, ...options });
  onTestFinished(() => fakeStripe.close());
  return { clock, fakeStripe, stripe: sdkFor(fakeStripe) };
}

export interface Received {
  headers: Record<string, string>;
  body: string;
}

/** An endpoint for webhooks that answers the status of `answer` and stores what it got. */
export async function webhookEndpoint(answer: (received: Received) => number = () => 200) {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    const webhook = { headers, body: Buffer.concat(chunks).toString() };
    received.push(webhook);
    response.writeHead(answer(webhook)).end();
  });
  return { url: `${await listening(server)}/hook`, received };
}

/** A server that answers every request with `value`. */
export async function jsonServer(value: unknown) {
  return { url: await listening(createServer((_, response) => void response.end(JSON.stringify(value)))) };
}

/** Starts `server` on a free port until the end of the test. Resolves to its address. */
async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`;
}

/** Posts JSON to one of the fake servers' own routes. */
export async function post(base: { url: string }, path: string, body: object = {}) {
  const response = await fetch(base.url + path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, body: text === "" ? undefined : JSON.parse(text) };
}

/** The error that the SDK throws, for tests that look into it. */
export async function stripeError(call: Promise<unknown>): Promise<InstanceType<typeof StripeSdk.errors.StripeError>> {
  try {
    await call;
  } catch (error) {
    if (error instanceof StripeSdk.errors.StripeError) return error;
    throw error;
  }
  throw new Error("The call succeeded");
}

/** A mailbox on a virtual clock, closed after the test. */
export async function mailboxForTest(options: MailboxOptions = {}, start?: number) {
  const clock: VirtualClock = virtualClock({ start });
  const mailbox = await startMailbox({ clock, ...options });
  onTestFinished(() => mailbox.close());
  return { clock, mailbox, resend: new Resend("re_steadfast", { baseUrl: mailbox.url }) };
}

/** Reads JSON from one of the fake servers' own routes. */
export async function get(base: { url: string }, path: string) {
  return (await fetch(base.url + path)).json();
}
