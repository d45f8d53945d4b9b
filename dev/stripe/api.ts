import { setImmediate as turn } from "node:timers/promises";
import type { Fault, Faults } from "../stand-in/faults";
import { type Answer, header, type Incoming, json, type Reply, whenGone } from "../stand-in/http";
import type { KeptAnswers } from "../stand-in/kept-answers";
import { type Account, API_VERSION, newId } from "./account";
import { rateLimited, StripeError, serverError, unauthorized } from "./errors";
import { expandAnswer } from "./expand";
import { decodeForm } from "./form";
import { fingerprintForm, takeKey } from "./idempotency";
import { type Call, route } from "./routes";

export interface Api {
  account: Account;
  faults: Faults;
  keys: KeptAnswers;
  secretKey: string;
  searchLagMs: number;
  undelivered(): Set<string>;
}

function checkKey(request: Incoming, secretKey: string): void {
  const given = header(request, "authorization") ?? "";
  const [scheme = "", credentials = ""] = given.split(" ");
  const key =
    scheme.toLowerCase() === "basic" ? Buffer.from(credentials, "base64").toString().split(":")[0] : credentials;
  if (!key) {
    throw unauthorized(
      "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').",
    );
  }
  if (key !== secretKey)
    throw unauthorized(`Invalid API Key provided: ${key.slice(0, 8)}${"*".repeat(8)}${key.slice(-4)}`);
}

function call(api: Api, request: Incoming): Call & { run(): object } {
  const { endpoint, id } = route(request.method, request.path);
  const form = decodeForm(request.method === "GET" ? request.query : new URLSearchParams(request.body));
  const { account, searchLagMs, undelivered } = api;
  const made: Call = { account, id, url: request.path, form, searchLagMs, undelivered };
  return { ...made, run: () => expandAnswer(account, endpoint(made), form.expand) };
}

function errorReply(error: unknown): { reply: Reply; executed: boolean } {
  if (!(error instanceof StripeError)) throw error;
  return { reply: json(error.status, { error: error.body }, error.headers), executed: error.executed };
}

/** A 500, or a refusal with its code, struck while the endpoint ran, as Stripe would keep it; an outage or a 502 to 504 never got that far. */
const struckWhileRunning = ({ status, code, until }: Fault) =>
  until === undefined && (status === 500 || (status < 500 && code !== undefined));

/** One call to the API: key, fault, idempotency, endpoint, kept answer. */
export async function handleApi(api: Api, request: Incoming): Promise<Answer> {
  const requestId = newId("req", 14);
  const key = request.method === "POST" ? header(request, "idempotency-key") : undefined;
  const common = {
    "request-id": requestId,
    "stripe-version": header(request, "stripe-version") ?? API_VERSION,
    ...(key ? { "idempotency-key": key } : {}),
  };
  const finish = (reply: Reply): Reply => ({ ...reply, headers: { ...reply.headers, ...common } });
  try {
    checkKey(request, api.secretKey);
    const fault = api.faults.take(request.method, request.path);
    if (fault?.kind === "reset") return "reset";
    if (fault?.kind === "rate_limit") throw rateLimited();
    if (fault?.kind === "error" && !struckWhileRunning(fault)) throw serverError(fault.status, false, fault.code);
    const kept = key ? takeKey(api.keys, key, request.path, fingerprintForm(request.body)) : undefined;
    if (fault?.kind === "timeout") return hang(api, request, kept ? undefined : key);
    const reply = kept
      ? replay(kept.status, kept.body, kept.requestId)
      : await runOnce(api, request, requestId, key, fault);
    return fault?.kind === "answer_lost" ? "reset" : finish(reply);
  } catch (error) {
    return finish(errorReply(error).reply);
  }
}

function replay(status: number, body: string, originalRequest: string): Reply {
  const headers = {
    "content-type": "application/json",
    "idempotent-replayed": "true",
    "original-request": originalRequest,
  };
  return { status, headers: status >= 500 ? { ...headers, "stripe-should-retry": "false" } : headers, body };
}

/** The key stays in use while the client waits, as it would while a real server is stuck. */
function hang(api: Api, request: Incoming, key: string | undefined): "hang" {
  if (key) whenGone(request, () => api.keys.release(key));
  return "hang";
}

async function runOnce(
  api: Api,
  request: Incoming,
  requestId: string,
  key: string | undefined,
  fault: Fault | undefined,
): Promise<Reply> {
  try {
    // One turn of the event loop, so that two calls at once under one key can meet, as they do at Stripe.
    if (key) await turn();
    return await api.account.change({ requestId, idempotencyKey: key ?? null }, () => {
      const { reply, executed } = run(api, request, fault);
      if (key && executed) {
        const { status, body } = reply;
        api.keys.keep({
          id: key,
          path: request.path,
          fingerprint: fingerprintForm(request.body),
          requestId,
          status,
          body,
        });
      }
      return reply;
    });
  } finally {
    if (key) api.keys.release(key);
  }
}

function run(api: Api, request: Incoming, fault: Fault | undefined): { reply: Reply; executed: boolean } {
  try {
    const { run: execute } = call(api, request);
    if (fault?.kind === "error") throw serverError(fault.status, true, fault.code);
    return { reply: json(200, execute()), executed: true };
  } catch (error) {
    return errorReply(error);
  }
}
