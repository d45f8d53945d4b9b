import type { CreateBatchEmailOptions, CreateBatchSuccessResponse } from "resend";
import { emailEnv } from "../env";
import { AppError, parseRetryAfter } from "../errors";
import { isConfigurationError, resend, updateRateLimit } from "./send-queue";

/** The most emails of one request (resend.com/docs/api-reference/emails/send-batch-emails). */
export const MAX_BATCH_SIZE = 100;

/** The result of one email: accepted with Resend's id, null if it is not known, or refused with a reason. */
export type BatchResult = { id: string | null } | { error: string };

export interface BatchRequest {
  /** For 24 hours, Resend gives a repeated request with the same key and bytes the first answer ("Idempotency Keys"). */
  key: string;
  emails: CreateBatchEmailOptions[];
  /** Called when this request certainly sent nothing. The next one may have other emails, and then has another key. */
  release(): Promise<void>;
  /** Acquires a slot in the send queue and throws, when the provider's limit is used up. */
  defer(): Promise<never>;
}

/**
 * Sends up to a hundred emails in one request, and returns the result of each. A refused address does not stop the others. Until the
 * outcome of a request is known, the caller repeats it with the same emails.
 * @throws AppError `email_unavailable`, with `retry`
 */
export async function sendBatch({ key, emails, release, defer }: BatchRequest): Promise<BatchResult[]> {
  const { data, error, headers } = await resend().batch.send(emails, {
    idempotencyKey: key,
    batchValidation: "permissive",
    // Resend needs more time for a hundred emails than for one.
    signal: AbortSignal.timeout(5 * emailEnv().RESEND_TIMEOUT_MS),
  });
  updateRateLimit(headers);
  if (!error) return resultsOf(data, emails.length);
  const all = (result: BatchResult) => emails.map(() => result);
  const { name, message, statusCode } = error;
  // An earlier request with this key was accepted. Its ids are unknown, because the bytes have changed since.
  if (name === "invalid_idempotent_request") return all({ id: null });
  // The emails may have been sent, so a retry must send the same bytes under the same key.
  const unknown = name === "concurrent_idempotent_requests" || statusCode === null || statusCode >= 500;
  const limited = name === "rate_limit_exceeded";
  // Any other refusal is final.
  if (!unknown && !limited && statusCode !== 429 && !isConfigurationError(error)) return all({ error: message });
  if (!unknown) await release();
  if (!unknown && limited) return defer();
  throw new AppError("email_unavailable", 503, `Email provider: ${message}`, {
    retry: parseRetryAfter(headers?.["retry-after"]),
  });
}

/**
 * Resend names the refused emails by index, and the ids of the others in order. It may omit `errors` if it accepts all ("Batch
 * Validation Modes"), although the type of its client requires it.
 */
function resultsOf(
  { data, errors = [] }: CreateBatchSuccessResponse<{ batchValidation: "permissive" }>,
  count: number,
): BatchResult[] {
  const messages = new Map(errors.map(({ index, message }) => [index, message]));
  const ids = data.values();
  return Array.from({ length: count }, (_, index) => {
    const error = messages.get(index);
    const id = error === undefined ? ids.next().value?.id : undefined;
    return id === undefined ? { error: error ?? "Resend returned no id." } : { id };
  });
}
