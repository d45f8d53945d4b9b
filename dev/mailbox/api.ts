import { randomUUID } from "node:crypto";
import { setImmediate as turn } from "node:timers/promises";
import type { Faults } from "../stand-in/faults";
import { type Answer, header, type Incoming, type Reply, whenGone } from "../stand-in/http";
import { fingerprint, type KeptAnswers } from "../stand-in/kept-answers";
import { retrieveEmail, sendBatch, sendEmail } from "./emails";
import { ResendError, refuse } from "./errors";
import type { Mails } from "./mails";
import { type RateLimit, tooMany } from "./rate-limit";

export interface Api {
  mails: Mails;
  faults: Faults;
  keys: KeptAnswers;
  limit: RateLimit;
  /** The rate that a simulated 429 names. */
  shownRate: number;
  apiKey: string;
}

const LONGEST_KEY = 256;

export const isApi = (path: string): boolean => path === "/emails" || path.startsWith("/emails/");

function checkApiKey(request: Incoming, apiKey: string): void {
  const given = header(request, "authorization");
  if (!given) throw refuse(401, "missing_api_key", "Missing API key in the authorization header.");
  if (given !== `Bearer ${apiKey}`) throw refuse(403, "invalid_api_key", "API key is invalid.");
}

/** The kept answer of the request's key, or nothing: then the key is taken ("Idempotency Keys"). */
function takeKey(api: Api, key: string, request: Incoming): Reply | undefined {
  if (key.length < 1 || key.length > LONGEST_KEY) {
    throw refuse(400, "invalid_idempotency_key", `The key must be between 1-${LONGEST_KEY} chars.`);
  }
  const taken = api.keys.take(key, request.path, fingerprint(request.body));
  if (taken.state === "in_use") {
    throw refuse(
      409,
      "concurrent_idempotent_requests",
      "Same idempotency key used while original request is still in progress.",
    );
  }
  if (taken.state === "other") {
    throw refuse(409, "invalid_idempotent_request", "Same idempotency key used with a different request payload.");
  }
  if (taken.state === "new") return undefined;
  const { status, body } = taken.answer;
  return { status, body, headers: { "content-type": "application/json" } };
}

function route(api: Api, request: Incoming): Reply {
  const { method, path } = request;
  if (path === "/emails" && method === "POST") return sendEmail(api.mails, request);
  if (path === "/emails/batch" && method === "POST") return sendBatch(api.mails, request);
  const id = /^\/emails\/([^/]+)$/.exec(path)?.[1];
  if (id && id !== "batch" && method === "GET") return retrieveEmail(api.mails, id);
  if (path === "/emails" || id)
    throw refuse(405, "method_not_allowed", "Method is not allowed for the requested path.");
  throw refuse(404, "not_found", "The requested endpoint does not exist.");
}

/** One call to Resend's API: rate limit, key, fault, idempotency, endpoint. */
export async function handleApi(api: Api, request: Incoming): Promise<Answer> {
  let headers: Record<string, string> = {};
  try {
    headers = api.limit.count();
    checkApiKey(request, api.apiKey);
    const fault = api.faults.take(request.method, request.path);
    if (fault?.kind === "reset") return "reset";
    if (fault?.kind === "rate_limit") throw tooMany(api.shownRate);
    if (fault?.kind === "error") {
      const message = "Internal server error. We are unable to process your request right now, please try again later.";
      throw new ResendError(fault.status, fault.code ?? "application_error", message);
    }
    const key = request.method === "POST" ? header(request, "idempotency-key") : undefined;
    const kept = key === undefined ? undefined : takeKey(api, key, request);
    if (fault?.kind === "timeout") {
      // The key stays in use while the client waits, as it would while a real server is stuck.
      if (key !== undefined && !kept) whenGone(request, () => api.keys.release(key));
      return "hang";
    }
    const reply = kept ?? (await runOnce(api, request, key));
    return fault?.kind === "answer_lost" ? "reset" : { ...reply, headers: { ...reply.headers, ...headers } };
  } catch (error) {
    if (!(error instanceof ResendError)) throw error;
    const reply = error.reply();
    return { ...reply, headers: { ...headers, ...reply.headers } };
  }
}

/** Runs the endpoint under its key. Only what was sent is kept: a refused request may be put right and sent again. */
async function runOnce(api: Api, request: Incoming, key: string | undefined): Promise<Reply> {
  try {
    // One turn of the event loop, so that two calls at once under one key can meet, as they do at Resend.
    if (key !== undefined) await turn();
    return await api.mails.change(() => {
      const reply = route(api, request);
      if (key !== undefined) {
        const { status, body } = reply;
        const requestId = randomUUID();
        api.keys.keep({ id: key, path: request.path, fingerprint: fingerprint(request.body), requestId, status, body });
      }
      return reply;
    });
  } finally {
    if (key !== undefined) api.keys.release(key);
  }
}
