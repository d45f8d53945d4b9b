import type { Fault } from "../fake-server/faults";
import type { ApiRules } from "../fake-server/start";
import { header, json, type Reply, type Request } from "../shared/http";
import { type Account, API_VERSION, newId } from "./account";
import { badParameter, rateLimited, refused, StripeError, serverError, unauthorized } from "./errors";
import { deleteOldEvents } from "./events";
import { decodeForm, type FormValue } from "./params";
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
      const answer = await perform((fault) =>
        account.as({ ...origin, declines: fault?.kind === "decline" }, () => run(account, request, fault)),
      );
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
    if (fault?.kind === "applied_error") throw serverError(500, true);
    return { reply: json(200, expandAnswer(account, answer, form.expand)), stored: true };
  } catch (error) {
    return errorReply(error);
  } finally {
    deleteOldEvents(account);
  }
}

const MAX_DEPTH = 4;

interface Json {
  [key: string]: unknown;
}

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function recordOf(account: Account, id: string): unknown {
  const collections: Record<string, { get(id: string): object | undefined }> = {
    cus: account.customers,
    pm: account.paymentMethods,
    pi: account.paymentIntents,
    ch: account.charges,
    re: account.refunds,
    tr: account.transfers,
  };
  return collections[id.slice(0, id.indexOf("_"))]?.get(id);
}

function refundsOf(account: Account, charge: Json) {
  const data = [...account.refunds.values()].filter((refund) => refund.charge === charge.id).reverse();
  return { object: "list", url: `/v1/charges/${charge.id}/refunds`, has_more: false, data };
}

function expandPath(account: Account, value: Json, path: string[], whole: string): Json {
  const [field = "", ...rest] = path;
  const refundList = value.object === "charge" && field === "refunds";
  if (!refundList && !(field in value))
    throw refused(`This property cannot be expanded (${whole}).`, undefined, { param: "expand" });
  const inner = refundList ? refundsOf(account, value) : value[field];
  const found = typeof inner === "string" ? recordOf(account, inner) : inner;
  if (found === null) return value;
  if (Array.isArray(found))
    return { ...value, [field]: found.map((item) => (isObject(item) ? expandPath(account, item, rest, whole) : item)) };
  if (!isObject(found)) throw refused(`This property cannot be expanded (${whole}).`, undefined, { param: "expand" });
  return { ...value, [field]: rest.length === 0 ? found : expandPath(account, found, rest, whole) };
}

/** The answer with objects in place of ids, as `expand[]` asks ("Expanding responses"): dotted paths, four levels deep. */
function expandAnswer(account: Account, answer: object, wanted: FormValue | undefined): object {
  if (typeof wanted !== "object") return answer;
  let expanded: Json = { ...answer };
  for (const path of Object.values(wanted)) {
    if (typeof path !== "string") throw badParameter("Invalid array", "expand");
    const parts = path.split(".");
    if (parts.length > MAX_DEPTH) throw badParameter("You cannot expand more than 4 levels of a property", "expand");
    expanded = expandPath(account, expanded, parts, path);
  }
  return expanded;
}
