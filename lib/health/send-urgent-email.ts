import { type Composed, renderEmail } from "../email/render-email";
import { resend } from "../email/resend";
import { emailEnv } from "../env";
import { AppError } from "../errors";

/**
 * Emails the operators without the database, for when it is the database that is away. The provider keeps `key` for 24 hours,
 * in which the same email goes out once.
 *
 * @throws AppError `email_unavailable`, with `retry`
 */
export async function sendUrgentEmail(key: string, email: Composed): Promise<void> {
  const { MAIL_FROM, MAIL_OPERATORS, RESEND_TIMEOUT_MS } = emailEnv();
  const letter = { from: MAIL_FROM, to: MAIL_OPERATORS, ...(await renderEmail(email)) };
  const options = { idempotencyKey: key, signal: AbortSignal.timeout(RESEND_TIMEOUT_MS) };
  const { error } = await resend().emails.send(letter, options);
  // The same key with other words: it has been told today.
  if (error && error.name !== "invalid_idempotent_request")
    throw new AppError("email_unavailable", 503, `Email provider: ${error.message}`, { retry: true });
}
