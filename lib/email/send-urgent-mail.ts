import { emailEnv } from "../env";
import { AppError } from "../errors";
import { type Composed, renderMail } from "./render-mail";
import { resend } from "./send-mail";

/**
 * Mails the operators without the database, for when it is the database that is away. The provider keeps `key` for 24 hours,
 * in which the same mail goes out once.
 *
 * @throws AppError `mail_unavailable`, with `retry`
 */
export async function sendUrgentMail(key: string, mail: Composed): Promise<void> {
  const { MAIL_FROM, MAIL_OPERATORS, RESEND_TIMEOUT_MS } = emailEnv();
  const letter = { from: MAIL_FROM, to: MAIL_OPERATORS, ...(await renderMail(mail)) };
  const options = { idempotencyKey: key, signal: AbortSignal.timeout(RESEND_TIMEOUT_MS) };
  const { error } = await resend().emails.send(letter, options);
  // The same key with other words: it has been told today.
  if (error && error.name !== "invalid_idempotent_request")
    throw new AppError("mail_unavailable", 503, `Mail provider: ${error.message}`, { retry: true });
}
