import { type Response as Answer, type ErrorResponse, Resend } from "resend";
import { apiFetch } from "../api-fetch";
import { after, MINUTE, now, SECOND } from "../clock";
import { Prisma } from "../db";
import { emailEnv } from "../env";
import { AppError } from "../errors";
import { ANY_WAIT, acquireSlot } from "../rate-limit";

/**
 * The send queue of the email provider, which limits the requests of a whole account within a second (Resend, "Usage
 * Limits"). While the limit is not used up, every email is sent at once. Otherwise a sender gets a slot in the future and
 * retries then, so a burst of any size costs most runs one more attempt. The provider may refuse an email in its slot too, because
 * others use the account. An email that has waited longer then waits longer, so no run uses up its retries within seconds. The slots
 * are in the database, because every process and every function sends email.
 */

/** Transactional email does not wait behind optional email. */
export type Priority = "transactional" | "optional";

/**
 * Each priority's share of the provider's limit. The rest is for other users of the account. The email of orders has most of it,
 * because the queue never empties while more comes than its share.
 */
const SHARE_OF_LIMIT: Record<Priority, number> = { transactional: 0.6, optional: 0.3 };

/** An email waits as long again as it has waited, up to this: ten attempts take minutes, and then the sweep sends it. */
const MAX_GROWN_WAIT_MS = 5 * MINUTE;

/** The provider's limit, from its last answer. Before the first answer it is the lowest that Resend ever named. */
let requestsPerSecond = 2;
/** The time until which the limit is used up, as far as this process knows. */
let closedUntil = new Date(0);

/** Reads the rate limit from the headers of an answer; `ratelimit-reset` and `retry-after` are in seconds. */
export function updateRateLimit(headers: Record<string, string> | null): void {
  requestsPerSecond = Number(headers?.["ratelimit-limit"]) || requestsPerSecond;
  if (headers?.["ratelimit-remaining"] === "0")
    closedUntil = after((Number(headers["retry-after"] ?? headers["ratelimit-reset"]) || 1) * SECOND);
}

export interface SendSlot {
  /** The acquired slot; null if the request has not needed one. */
  sendAt: Date | null;
  /** When the last acquired slot of the priority ends; null: no request has waited yet. */
  busyUntil: Date | null;
  /** When the email was stored; null: the next attempt comes in its slot, however long it has waited. */
  waitsSince: Date | null;
}

/** Returns the SQL expression of `SendSlot.busyUntil`, for a statement that reads what is to be sent. */
export const busyUntil = (priority: Prisma.Sql): Prisma.Sql =>
  Prisma.sql`(SELECT tat FROM rate_limits WHERE key = 'email-send:' || ${priority})`;

type SaveSendAt = (sendAt: Date) => Promise<unknown>;

/**
 * Returns if the request may be sent now. Otherwise it acquires a slot, unless the request has one, and saves it with `save`.
 * @throws AppError `email_unavailable`, with the wait in `retry`
 */
export async function acquireSendSlot(priority: Priority, slot: SendSlot, save: SaveSendAt): Promise<void> {
  const at = now();
  const { sendAt, busyUntil, waitsSince } = slot;
  if (sendAt === null && ((busyUntil ?? at) > at || closedUntil > at)) return deferSend(priority, save, waitsSince);
  const wait = Math.max((sendAt ?? at).getTime(), closedUntil.getTime()) - at.getTime();
  if (wait > 0) throw limitUsedUp(wait, waitsSince);
}

/**
 * Acquires the next free slot for a request that the provider has refused because of its limit.
 * @throws AppError `email_unavailable`, with the wait in `retry`, always
 */
export async function deferSend(priority: Priority, save: SaveSendAt, waitsSince: Date | null): Promise<never> {
  const at = now();
  const rate = requestsPerSecond * SHARE_OF_LIMIT[priority];
  const from = closedUntil > at ? closedUntil : after(SECOND / rate, at);
  const limit = { count: rate, periodMs: SECOND, burst: 1 };
  const wait = (await acquireSlot(`email-send:${priority}`, limit, { maxWaitMs: ANY_WAIT, from })) ?? SECOND / rate;
  await save(after(wait));
  throw limitUsedUp(wait, waitsSince);
}

function limitUsedUp(wait: number, waitsSince: Date | null): AppError {
  const waited = waitsSince ? now().getTime() - waitsSince.getTime() : 0;
  const retry = Math.max(wait, Math.min(waited, MAX_GROWN_WAIT_MS));
  return new AppError("email_unavailable", 503, `Email provider: its limit is used up; tried again in ${retry} ms.`, {
    retry,
  });
}

/**
 * Returns whether the API key, its rights or the domain are wrong. An operator corrects them while the emails wait. Resend answers a
 * malformed key with 400 `validation_error`, the status and name of an invalid field. Only the message differs ("Errors").
 */
export const isConfigurationError = ({ statusCode, message }: ErrorResponse): boolean =>
  statusCode === 401 || statusCode === 403 || (statusCode === 400 && /api key/i.test(message));

/**
 * Resend's client over `apiFetch`: the body of a batch is half a megabyte, which Node's own `fetch` copies several times. After a
 * lost answer the caller decides what is repeated.
 */
class Client extends Resend {
  override async fetchRequest<T>(path: string, options?: RequestInit): Promise<Answer<T>> {
    const unavailable = { name: "application_error", message: "Resend does not answer." } as const;
    try {
      const response = await apiFetch(`${this.baseUrl}${path}`, options, { repeats: false });
      const headers = Object.fromEntries(response.headers);
      if (response.ok) return { data: await response.json(), error: null, headers };
      const error = await response.json().catch(() => ({ ...unavailable, statusCode: response.status }));
      return { data: null, error, headers };
    } catch {
      return { data: null, error: { ...unavailable, statusCode: null }, headers: null };
    }
  }
}

let client: Client | undefined;

/** Returns Resend's client. */
export function resend(): Resend {
  const { RESEND_API_KEY, RESEND_BASE_URL } = emailEnv();
  client ??= new Client(RESEND_API_KEY, RESEND_BASE_URL ? { baseUrl: RESEND_BASE_URL } : undefined);
  return client;
}
