import type { Fault } from "../fake-server/faults";
import type { ApiRules } from "../fake-server/start";
import { header, json, type Reply, type Request } from "../shared/http";
import { type Account, API_VERSION, newId } from "./account";
import { rateLimited, StripeError, serverError, unauthorized } from "./errors";
import { deleteOldEvents } from "./events";
import { expandAnswer } from "./expand";
import { decodeForm } from "./params";
import { route } from "./routes";

/** The only key that the fake server accepts. */
const SECRET_KEY = "sk_test_steadfast";

/** Stripe documents idempotency keys of up to 255 characters ("Idempotent requests"). */
const MAX_KEY_LENGTH = 255;

/** Far above any body that Stripe takes. */
const MAX_BODY_BYTES = 1_000_000;

function checkSecretKey(request: Request): void {
  const [scheme = "", credentials = ""] = (header(request, "authorization") ?? "").split(" ");
  const key =
    scheme.toLowerCase() === "basic" ? Buffer.from(credentials, "base64").toString().split(":")[0] : credentials;
  if (!key)
    throw unauthorized(
      "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').",
    );
  if (key !== SECRET_KEY)
    throw unauthorized(`Invalid API Key provided: ${key.slice(0, 8)}${"*".repeat(8)}${key.slice(-4)}`);
}

/**
 * Whether a fault strikes while the endpoint runs, so that Stripe stores the answer under the key: a 500, or a refusal with
 * a code. An outage and a 502 to 504 never reach the endpoint.
 */
const strikesInEndpoint = ({ status, code, until }: Fault) =>
  until === undefined && (status === 500 || (status < 500 && code !== undefined));

function errorReply(error: unknown): { reply: Reply; stored: boolean } {
  if (!(error instanceof StripeError)) throw error;
  return { reply: json(error.status, { error: error.body }, error.headers), stored: error.executed };
}

const idempotencyError = (message: string) => new StripeError(400, { type: "idempotency_error", message }, false);

export const stripeApi = (account: Account): Omit<ApiRules, "handlers"> => ({
  maxBodyBytes: MAX_BODY_BYTES,
  internalError: { error: { type: "api_error", message: "The fake server failed. Its log has the error." } },
  isApi: (path) => path.startsWith("/v1/"),
  newRequestId: () => newId("req", 14),
  faultError(fault) {
    if (fault.kind === "rate_limit") return rateLimited();
    const early = fault.kind === "error" && !strikesInEndpoint(fault);
    return early ? serverError(fault.status, false, fault.code) : undefined;
  },
  /** The same parameters in another order are the same request. */
  parametersOf: ({ body }) =>
    [...new URLSearchParams(body)]
      .map((pair) => JSON.stringify(pair))
      .sort()
      .join("\n"),
  keyError: ({ length }) =>
    length > MAX_KEY_LENGTH
      ? idempotencyError(`Idempotency keys can be at most ${MAX_KEY_LENGTH} characters long; yours has ${length}.`)
      : undefined,
  claimError(key, claim, path) {
    if (claim.state === "in_use")
      return new StripeError(
        409,
        {
          type: "idempotency_error",
          code: "idempotency_key_in_use",
          message: `There is currently another in-progress request using this Idempotent Key (that probably means you submitted twice, and the other request is still going through): ${key}. Please try again later.`,
        },
        false,
        { "stripe-should-retry": "true" },
      );
    if (claim.state !== "mismatch") return undefined;
    const first =
      claim.answer.path === path
        ? "with the same parameters they were first used with"
        : `for the same endpoint they were first used for ('${path}' vs '${claim.answer.path}')`;
    return idempotencyError(
      `Keys for idempotent requests can only be used ${first}. Try using a key other than '${key}' if you meant to execute a different request.`,
    );
  },
  replay: ({ status, body, requestId }) => ({
    status,
    headers: {
      "content-type": "application/json",
      "idempotent-replayed": "true",
      "original-request": requestId,
      ...(status >= 500 ? { "stripe-should-retry": "false" } : {}),
    },
    body,
  }),
  async answer(request, requestId, perform) {
    const key = request.method === "POST" ? header(request, "idempotency-key") : undefined;
    const headers = {
      "request-id": requestId,
      "stripe-version": header(request, "stripe-version") ?? API_VERSION,
      ...(key ? { "idempotency-key": key } : {}),
    };
    const origin = { requestId, idempotencyKey: key ?? null };
    const finish = (reply: Reply): Reply => ({ ...reply, headers: { ...reply.headers, ...headers } });
    try {
      checkSecretKey(request);
      const answer = await perform((fault) => account.as(origin, () => run(account, request, fault)));
      return typeof answer === "string" ? answer : finish(answer);
    } catch (error) {
      return finish(errorReply(error).reply);
    }
  },
});

function run(account: Account, request: Request, fault: Fault | undefined): { reply: Reply; stored: boolean } {
  try {
    const { endpoint, id } = route(request.method, request.path);
    const form = decodeForm(request.method === "GET" ? request.query : new URLSearchParams(request.body));
    if (fault?.kind === "error") throw serverError(fault.status, true, fault.code);
    const answer = endpoint({ account, id, url: request.path, form });
    return { reply: json(200, expandAnswer(account, answer, form.expand)), stored: true };
  } catch (error) {
    return errorReply(error);
  } finally {
    deleteOldEvents(account);
  }
}
