import { now } from "../clock";
import { db } from "../db";
import { assignVariant } from "./assign-variant";
import { experimentOn } from "./experiments";
import { winnerOf } from "./view-experiment";

/** The subject that a user's email gets, and, while an experiment is on, what to record once it is sent. */
export interface ChosenSubject {
  subject: string;
  exposure?: { experimentId: string; userId: string; variant: string };
}

/** Chooses the subject of an email: the winner of an experiment that has ended, the assigned variant of one that goes on. */
export async function chooseSubject(
  emailKind: string,
  user: { id: string; name: string },
  otherwise: string,
): Promise<ChosenSubject> {
  const named = (subject: string) => subject.replaceAll("{name}", () => user.name);
  const experiment = experimentOn(emailKind);
  if (!experiment) return { subject: named(otherwise) };
  const winner = await winnerOf(experiment.id);
  const won = experiment.variants.find(({ key }) => key === winner);
  if (won) return { subject: named(won.subject) };
  const { key, subject } = assignVariant(experiment.id, user.id, experiment.variants);
  return { subject: named(subject), exposure: { experimentId: experiment.id, userId: user.id, variant: key } };
}

/** Records, once, that the user was sent the variant; only an email that really went out counts. */
export async function recordExposure(exposure: ChosenSubject["exposure"], emailId: string): Promise<void> {
  if (!exposure) return;
  await db().$executeRaw`
    INSERT INTO experiment_exposures (experiment_id, user_id, variant, email_id, at)
    SELECT ${exposure.experimentId}, ${exposure.userId}, ${exposure.variant}, id, coalesce(sent_at, ${now()})
    FROM emails WHERE id = ${emailId} AND status = 'sent' ON CONFLICT DO NOTHING`;
}
