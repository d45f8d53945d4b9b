import { raiseAlert } from "../alerts";
import { ago } from "../clock";
import { db } from "../db";
import { MAX_EMAIL_AGE_MS } from "../email/send-email";

/**
 * Ends what could not be sent in that time, and has a person told: one alert for all that end together. The alert comes
 * first, because nobody finds an email that has ended. Returns how many.
 */
export async function giveUpEmails(): Promise<number> {
  const hopeless = await db().$queryRaw<{ id: string; kind: string }[]>`
    SELECT id, kind FROM emails WHERE status = 'queued' AND created_at < ${ago(MAX_EMAIL_AGE_MS)} ORDER BY created_at, id`;
  const [first] = hopeless;
  if (!first) return 0;
  await raiseAlert({
    kind: "emails_given_up",
    id: `emails-given-up:${first.id}`,
    subject: `${hopeless.length === 1 ? "An email" : `${hopeless.length} emails`} could not be sent for 20 hours`,
    detail: { emails: hopeless.length, first: first.id, kinds: [...new Set(hopeless.map(({ kind }) => kind))] },
  });
  return db().$executeRaw`
    UPDATE emails SET status = 'failed', error = 'Given up after 20 hours. ' || coalesce(error, '')
    WHERE id = ANY(${hopeless.map(({ id }) => id)}) AND status = 'queued'`;
}
