import type { SuppressionReason } from "@/prisma/generated/enums";
import { now } from "../clock";
import { normalizeEmail } from "../email-address";
import { EVENTS } from "../events";
import { withOutbox } from "../outbox";

/**
 * Suppresses an address, once for each reason, and publishes that for the running workflows of its user. `refusedCondition`
 * in consent.ts says which email each reason suppresses.
 */
export async function suppressAddress(address: string, reason: SuppressionReason, detail?: string): Promise<void> {
  const at = now();
  const email = normalizeEmail(address) ?? address.toLowerCase();
  await withOutbox(async (tx, publish) => {
    const data = { address: email, reason, detail, at };
    const { count } = await tx.emailSuppression.createMany({ data, skipDuplicates: true });
    if (count === 0) return;
    const user = await tx.user.findUnique({ where: { email }, select: { id: true } });
    if (!user) return;
    publish({
      name: EVENTS.EMAIL_SUPPRESSED,
      // The id has the time, because an operator can remove a suppression, and the address can be suppressed again.
      id: `email-suppressed:${user.id}:${reason}:${at.getTime()}`,
      data: { userId: user.id, reason },
    });
  });
}
