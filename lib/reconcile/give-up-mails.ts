import { raiseAlert } from "../alerts";
import { ago, HOUR } from "../clock";
import { db } from "../db";

/**
 * For how long a mail is tried. Resend knows a key for 24 hours; a try after that could be a second mail where only the answer
 * to the first was lost.
 */
export const MAIL_TRIED_FOR = 20 * HOUR;

/**
 * Ends what could not be sent in that time, and has a person told: one alert for all that end together. The alert comes
 * first, because nobody finds a mail that has ended. Returns how many.
 */
export async function giveUpMails(): Promise<number> {
  const hopeless = await db().$queryRaw<{ id: string; kind: string }[]>`
    SELECT id, kind FROM mails WHERE status = 'queued' AND created_at < ${ago(MAIL_TRIED_FOR)} ORDER BY created_at, id`;
  const [first] = hopeless;
  if (!first) return 0;
  await raiseAlert({
    kind: "mails_given_up",
    id: `mails-given-up:${first.id}`,
    subject: `${hopeless.length === 1 ? "A mail" : `${hopeless.length} mails`} could not be sent for 20 hours`,
    detail: { mails: hopeless.length, first: first.id, kinds: [...new Set(hopeless.map(({ kind }) => kind))] },
  });
  return db().$executeRaw`
    UPDATE mails SET status = 'failed', error = 'Given up after 20 hours. ' || coalesce(error, '')
    WHERE id = ANY(${hopeless.map(({ id }) => id)}) AND status = 'queued'`;
}
