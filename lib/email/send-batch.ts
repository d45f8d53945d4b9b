import type { CreateBatchOptions } from "resend";
import { SECOND } from "../clock";
import { emailEnv } from "../env";
import { resend } from "./resend";
import { updateRateLimit } from "./send-queue";

export type BatchOutcome =
  /** Each email, in the given order, was accepted under Resend's id or refused for a reason. */
  | { outcome: "sent"; results: ({ id: string } | { error: string })[] }
  /** An earlier request with this key was accepted. Its ids are unknown, because the bytes have changed since. */
  | { outcome: "already_sent" }
  /** Resend will never accept it. */
  | { outcome: "refused"; message: string }
  /** Certainly nothing went out. Retry after `wait` ms or, when the limit is used up, in the next slot. */
  | { outcome: "not_sent"; message: string; wait: number | "next_slot" }
  /** Something may have gone out: a retry must send the same bytes under the same key. */
  | { outcome: "unknown"; message: string; wait: number };

/**
 * Sends up to a hundred emails in one request. Resend answers a repeated `key` as it did the first time, for 24 hours, as
 * long as the bytes are the same. An address that it refuses does not stop the others ("permissive" validation).
 */
export async function sendBatch(emails: CreateBatchOptions, key: string): Promise<BatchOutcome> {
  const { data, error, headers } = await resend().batch.send(emails, {
    idempotencyKey: key,
    batchValidation: "permissive",
    // A hundred emails take Resend longer than one does.
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
