import { randomUUID } from "node:crypto";
import type { Fault } from "../fake-server/faults";
import type { ApiRules } from "../fake-server/start";
import type { Clock } from "../shared/clock";
import { header, json, type Reply, type Request } from "../shared/http";
import { decompress, type EmailStore } from "./email-store";
import { messageIdOf } from "./events";
import { type EmailRequest, parseEmail, ResendError } from "./validate";

/** The only key that the mailbox accepts. */
const API_KEY = "re_steadfast";

/** Resend takes 40 MB of attachments in base64 per email ("Send Email"). */
const MAX_BODY_BYTES = 60_000_000;

/** Requests per second of a team in 2026. Resend's pages of different dates say 2, 5 and 10 ("Usage Limits"). */
export const DEFAULT_RATE = 10;

/** Docs: "Idempotency Keys". */
const MAX_KEY_LENGTH = 256;

/** Docs: "Send Batch Emails". */
const MAX_BATCH_SIZE = 100;

const SERVER_ERROR = "Internal server error. We are unable to process your request right now, please try again later.";

function tooManyRequests(perSecond: number): ResendError {
  const message = `Too many requests. You can only make ${perSecond} requests per second. See rate limit response headers for more information. Or contact support to increase rate limit.`;
  const headers = { ...rateHeaders(perSecond, 0), "retry-after": "1" };
  return new ResendError(429, "rate_limit_exceeded", message, headers);
}

const rateHeaders = (limit: number, remaining: number) => ({
  "ratelimit-limit": String(limit),
  "ratelimit-remaining": String(remaining),
  "ratelimit-reset": "1",
});

/** Counts requests per second for the whole team ("Usage Limits"). Returns the headers of the answer or throws the 429. */
function rateLimiter(clock: Clock, perSecond: number): () => Record<string, string> {
  let second = 0;
  let used = 0;
  return () => {
    if (perSecond === 0) return {};
    const now = Math.floor(clock.now() / 1000);
    used = now === second ? used + 1 : 1;
    second = now;
    if (used > perSecond) throw tooManyRequests(perSecond);
    return rateHeaders(perSecond, perSecond - used);
  };
}

export function resendApi(emails: EmailStore, ratePerSecond: number): Omit<ApiRules, "handlers"> {
  const countRequest = rateLimiter(emails.clock, ratePerSecond);
  return {
    maxBodyBytes: MAX_BODY_BYTES,
    internalError: {
      statusCode: 500,
      name: "application_error",
      message: "The fake server failed. Its log has the error.",
    },
    isApi: (path) => path === "/emails" || path.startsWith("/emails/"),
    newRequestId: randomUUID,
    faultError({ kind, status, code, message }) {
      if (kind === "rate_limit") return tooManyRequests(ratePerSecond || DEFAULT_RATE);
      return kind === "error"
        ? new ResendError(status, code ?? "application_error", message ?? SERVER_ERROR)
        : undefined;
    },
    parametersOf: ({ body }) => body,
    keyError: ({ length }) =>
      length < 1 || length > MAX_KEY_LENGTH
        ? new ResendError(400, "invalid_idempotency_key", `The key must be between 1-${MAX_KEY_LENGTH} chars.`)
        : undefined,
    claimError(_key, { state }) {
      if (state === "in_use")
        return new ResendError(
          409,
          "concurrent_idempotent_requests",
          "Same idempotency key used while original request is still in progress.",
        );
      const message = "Same idempotency key used with a different request payload.";
      return state === "mismatch" ? new ResendError(409, "invalid_idempotent_request", message) : undefined;
    },
    replay: ({ status, body }) => ({ status, body, headers: { "content-type": "application/json" } }),
    async answer(request, _requestId, perform) {
      let headers: Record<string, string> = {};
      try {
        headers = countRequest();
        checkApiKey(request);
        // A refused request throws and is not stored: it may be corrected and sent again with the same key.
        const struck: { fault?: Fault } = {};
        const answer = await perform((fault) => {
          struck.fault = fault;
          return { reply: route(emails, request), stored: true };
        });
        if (struck.fault?.kind === "applied_error") throw new ResendError(500, "application_error", SERVER_ERROR);
        return typeof answer === "string" ? answer : { ...answer, headers: { ...answer.headers, ...headers } };
      } catch (error) {
        if (!(error instanceof ResendError)) throw error;
        return error.reply(headers);
      }
    },
  };
}

function checkApiKey(request: Request): void {
  const given = header(request, "authorization");
  if (!given) throw new ResendError(401, "missing_api_key", "Missing API key in the authorization header.");
  if (given === `Bearer ${API_KEY}`) return;
  // Docs: "Errors". Resend answers an unknown key with 401, and a malformed one, such as a key in quotes, with 400.
  throw new ResendError(/^Bearer re_\w+$/.test(given) ? 401 : 400, "validation_error", "API key is invalid");
}

function route(emails: EmailStore, request: Request): Reply {
  const { method, path } = request;
  if (path === "/emails" && method === "POST")
    return json(200, { id: emails.add(parseEmail(readJson(request.body))).id });
  if (path === "/emails/batch" && method === "POST") return sendBatch(emails, request);
  const id = /^\/emails\/([^/]+)$/.exec(path)?.[1];
  if (id && id !== "batch" && method === "GET") return retrieveEmail(emails, id);
  if (path === "/emails" || id)
    throw new ResendError(405, "method_not_allowed", "Method is not allowed for the requested path.");
  throw new ResendError(404, "not_found", "The requested endpoint does not exist.");
}

function readJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new ResendError(400, "validation_error", "The request body is not valid JSON.");
  }
}

const invalid = (message: string) => new ResendError(422, "validation_error", message);

function parseBatchItem(value: unknown): EmailRequest {
  const email = parseEmail(value);
  if (email.attachments) throw invalid("The `attachments` field is not supported in a batch.");
  return email;
}

/**
 * `POST /emails/batch`: 1 to 100 emails. `x-batch-validation: strict` (the default) sends all or none; `permissive`
 * sends the valid ones and reports the others ("Batch Validation Modes").
 */
function sendBatch(emails: EmailStore, request: Request): Reply {
  const items = readJson(request.body);
  if (!Array.isArray(items)) throw invalid("The request body must be an array of emails.");
  if (items.length === 0) throw invalid("The batch must have at least one email.");
  if (items.length > MAX_BATCH_SIZE)
    throw invalid(`The batch can have at most ${MAX_BATCH_SIZE} emails; it has ${items.length}.`);
  const mode = header(request, "x-batch-validation") ?? "strict";
  if (mode !== "strict" && mode !== "permissive")
    throw invalid("The x-batch-validation header must be strict or permissive.");
  const valid: EmailRequest[] = [];
  const errors: { index: number; message: string }[] = [];
  for (const [index, item] of items.entries()) {
    try {
      valid.push(parseBatchItem(item));
    } catch (error) {
      if (!(error instanceof ResendError) || mode === "strict") throw error;
      errors.push({ index, message: error.message });
    }
  }
  const data = valid.map((email) => ({ id: emails.add(email).id }));
  return json(200, errors.length > 0 ? { data, errors } : { data });
}

const orNull = (list: string[]) => (list.length > 0 ? list : null);

/** `GET /emails/{id}` ("Retrieve Email"). */
function retrieveEmail(emails: EmailStore, id: string): Reply {
  if (!/^[0-9a-f-]{36}$/i.test(id)) throw new ResendError(422, "invalid_parameter", "The `id` must be a valid UUID.");
  const email = emails.get(id);
  if (!email) throw new ResendError(404, "not_found", "Email not found");
  const { to, from, subject, tags } = email;
  return json(200, {
    ...{ object: "email", id, message_id: messageIdOf(email), to, from, subject, tags },
    created_at: new Date(email.at).toISOString(),
    html: decompress(email.html),
    text: decompress(email.text),
    bcc: orNull(email.bcc),
    cc: orNull(email.cc),
    reply_to: orNull(email.replyTo),
    last_event: emails.eventsOf(email).at(-1)?.type ?? "queued",
    scheduled_at: null,
  });
}
