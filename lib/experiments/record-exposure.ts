import { now } from "../clock";
import { db } from "../db";
import { assignVariant, experimentOn } from "./experiments";
import { winnerOf } from "./view-experiment";

/** The subject of a user's email and, while an experiment runs, the exposure to record once the email is sent. */
export interface ChosenSubject {
  subject: string;
  exposure?: { experimentId: string; userId: string; variant: string };
}

/** Chooses the subject of an email: the winner of an ended experiment, or the assigned variant of a running one. */
export async function chooseSubject(
  emailKind: string,
  user: { id: string; name: string },
  defaultSubject: string,
): Promise<ChosenSubject> {
  const named = (subject: string) => subject.replaceAll("{name}", () => user.name);
  const experiment = experimentOn(emailKind);
  if (!experiment) return { subject: named(defaultSubject) };
  const winner = await winnerOf(experiment.id);
  const won = experiment.variants.find(({ key }) => key === winner);
  if (won) return { subject: named(won.subject) };
  const { key, subject } = assignVariant(experiment.id, user.id, experiment.variants);
  return { subject: named(subject), exposure: { experimentId: experiment.id, userId: user.id, variant: key } };
}

/** Records, once, that the user was sent the variant. Only an email that went out counts. */
export async function recordExposure(exposure: ChosenSubject["exposure"], emailId: string): Promise<void> {
  if (!exposure) return;
  const email = await db().email.findUnique({ where: { id: emailId, status: "sent" }, select: { sentAt: true } });
  if (!email) return;
  const data = { ...exposure, emailId, at: email.sentAt ?? now() };
  await db().experimentExposure.createMany({ data, skipDuplicates: true });
}
