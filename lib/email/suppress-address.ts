import type { SuppressionReason } from "@/prisma/generated/enums";
import { now } from "../clock";
import { transaction } from "../db";
import { EVENTS, type OutgoingEvent } from "../events";
import { announce, enqueue } from "../outbox";

/**
 * Notes, once for each reason, that an address is not to be emailed (`refused` in consent.ts says what that keeps back), and
 * tells what is under way for its user.
 */
export async function suppressAddress(address: string, reason: SuppressionReason, detail?: string): Promise<void> {
  const at = now();
  const events = await transaction(async (tx) => {
    const users = await tx.$queryRaw<{ userId: string }[]>`
      WITH noted AS (
        INSERT INTO email_suppressions (address, reason, detail, at)
        VALUES (lower(${address}), ${reason}::suppression_reason, ${detail ?? null}, ${at}) ON CONFLICT DO NOTHING
        RETURNING address
      )
      SELECT u.id AS "userId" FROM noted n JOIN users u ON u.email = n.address`;
    const told = users.map(
      ({ userId }): OutgoingEvent => ({
        name: EVENTS.EMAIL_SUPPRESSED,
        // With its moment: an operator may lift a suppression, and it may come again.
        id: `email-suppressed:${userId}:${reason}:${at.getTime()}`,
        data: { userId, reason },
      }),
    );
    await enqueue(tx, told);
    return told;
  });
  await announce(events);
}
