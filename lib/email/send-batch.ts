import type { CreateBatchOptions } from "resend";
import { SECOND } from "../clock";
import { emailEnv } from "../env";
import { resend } from "./resend";
import { updateRateLimit } from "./send-queue";

export type BatchOutcome =
  /** The result of each email, in the given order: accepted with Resend's id, or refused with a reason. */
  | { outcome: "sent"; results: ({ id: string } | { error: string })[] }
  /** An earlier request with this key was accepted. Its ids are unknown, because the bytes have changed since. */
  | { outcome: "already_sent" }
  /** Resend will never accept it. */
  | { outcome: "refused"; message: string }
  /** Nothing was sent. Retry after `wait` ms, or in the next slot if the rate limit is used up. */
  | { outcome: "not_sent"; message: string; wait: number | "next_slot" }
  /** The emails may have been sent, so a retry must send the same bytes under the same key. */
  | { outcome: "unknown"; message: string; wait: number };

/**
 * Sends up to a hundred emails in one request. For 24 hours, Resend gives a repeated request with the same `key` and
 * bytes the first answer. A refused address does not stop the others ("permissive" validation).
 */
export async function sendBatch(emails: CreateBatchOptions, key: string): Promise<BatchOutcome> {
  const { data, error, headers } = await resend().batch.send(emails, {
    idempotencyKey: key,
    batchValidation: "permissive",
    // Resend needs more time for a hundred emails than for one.
    signal: AbortSignal.timeout(5 * emailEnv().RESEND_TIMEOUT_MS),
  });
  updateRateLimit(headers);
  if (error) return classify(error, headers);
  const errors = new Map(data.errors.map(({ index, message }) => [index, message]));
  const ids = data.data.values();
  const results = emails.map((_, index) => {
    const message = errors.get(index);
    const id = message === undefined ? ids.next().value?.id : undefined;
    return id === undefined ? { error: message ?? "Resend returned no id." } : { id };
  });
  return { outcome: "sent", results };
}

function classify(
  { name, message, statusCode }: { name: string; message: string; statusCode: number | null },
  headers: Record<string, string> | null,
): BatchOutcome {
  const wait = (Number(headers?.["retry-after"]) || 1) * SECOND;
  if (name === "invalid_idempotent_request") return { outcome: "already_sent" };
  if (name === "concurrent_idempotent_requests" || statusCode === null || statusCode >= 500)
    return { outcome: "unknown", message, wait };
  if (name === "rate_limit_exceeded") return { outcome: "not_sent", message, wait: "next_slot" };
  // An operator corrects a wrong key or domain while the emails wait.
  if ([401, 403, 429].includes(statusCode)) return { outcome: "not_sent", message, wait };
  return { outcome: "refused", message };
}
