import { type CreateBatchOptions, Resend } from "resend";
import { SECOND } from "../clock";
import { emailEnv } from "../env";
import { updateRateLimit } from "./send-queue";

/** What became of a request for many emails. */
export type BatchOutcome =
  /** Each email, in the order given, was taken under Resend's id or refused for a reason. */
  | { outcome: "sent"; results: ({ id: string } | { error: string })[] }
  /** An earlier request with this key was taken; its ids are not to be had, because the bytes have changed since. */
  | { outcome: "taken" }
  /** Will never be taken. */
  | { outcome: "refused"; message: string }
  /** Certainly nothing went out; try again after `wait` ms, or, where the limit is used up, when it is its turn. */
  | { outcome: "not_sent"; message: string; wait: number | "turn" }
  /** Something may have gone out: only the same bytes under the same key may follow. */
  | { outcome: "unknown"; message: string; wait: number };

let client: Resend | undefined;

/**
 * Sends up to a hundred emails in one request. Resend answers a repeated `key` as it did the first time, for 24 hours, as
 * long as the bytes are the same. Addresses that it refuses do not keep back the others ("permissive" validation).
 */
export async function sendBatch(emails: CreateBatchOptions, key: string): Promise<BatchOutcome> {
  const { RESEND_API_KEY, RESEND_BASE_URL, RESEND_TIMEOUT_MS } = emailEnv();
  client ??= new Resend(RESEND_API_KEY, RESEND_BASE_URL ? { baseUrl: RESEND_BASE_URL } : undefined);
  const { data, error, headers } = await client.batch.send(emails, {
    idempotencyKey: key,
    batchValidation: "permissive",
    // A hundred emails take Resend longer than one does.
    signal: AbortSignal.timeout(5 * RESEND_TIMEOUT_MS),
  });
  updateRateLimit(headers);
  if (error) return classify(error, headers);
  const errors = new Map(data.errors.map(({ index, message }) => [index, message]));
  const ids = data.data.values();
  const results = emails.map((_, index) => {
    const message = errors.get(index);
    const id = message === undefined ? ids.next().value?.id : undefined;
    return id === undefined ? { error: message ?? "no id came back" } : { id };
  });
  return { outcome: "sent", results };
}

function classify(
  { name, message, statusCode }: { name: string; message: string; statusCode: number | null },
  headers: Record<string, string> | null,
): BatchOutcome {
  const wait = (Number(headers?.["retry-after"]) || 1) * SECOND;
  if (name === "invalid_idempotent_request") return { outcome: "taken" };
  if (name === "concurrent_idempotent_requests" || statusCode === null || statusCode >= 500)
    return { outcome: "unknown", message, wait };
  // A wrong key or domain is put right by a person, while the emails wait.
  if (name === "rate_limit_exceeded") return { outcome: "not_sent", message, wait: "turn" };
  if ([401, 403, 429].includes(statusCode)) return { outcome: "not_sent", message, wait };
  return { outcome: "refused", message };
}
