import { raiseAlert } from "../alerts";
import { ago, HOUR, now } from "../clock";
import { db } from "../db";

/**
 * For how long a mail is tried. Resend knows a key for 24 hours; a try after that could be a second mail where only the answer
 * to the first was lost.
 */
export const MAIL_TRIED_FOR = 20 * HOUR;

/** Ends what could not be sent in that time, and has a person told: one alert for all that end together. Returns how many. */
export async function giveUpMails(): Promise<number> {
  const at = now();
  const given = await db().$queryRaw<{ id: string; kind: string }[]>`
    UPDATE mails SET status = 'failed', error = 'Given up after 20 hours. ' || coalesce(error, '')
    WHERE status = 'queued' AND created_at < ${ago(MAIL_TRIED_FOR, at)} RETURNING id, kind`;
  const [first] = given;
  if (!first) return 0;
  await raiseAlert({
    kind: "mails_given_up",
    id: `mails-given-up:${first.id}`,
    subject: `${given.length === 1 ? "A mail" : `${given.length} mails`} could not be sent for 20 hours`,
    detail: { mails: given.length, first: first.id, kinds: [...new Set(given.map(({ kind }) => kind))] },
  });
  return given.length;
}
