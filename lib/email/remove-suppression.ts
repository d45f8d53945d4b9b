import type { SuppressionReason } from "@/prisma/generated/enums";
import { now } from "../clock";
import { transaction } from "../db";
import { notFound } from "../errors";
import { newId } from "../ids";

/** A bounce quotes what the receiving server has answered. */
const MAX_QUOTED_LENGTH = 500;

/**
 * Removes the suppression of a user's address after a bounce, and notes who did it. Returns the reasons that are left. A complaint
 * stays: its recipient does not want the email, and no operator can want it for them. A deleted account stays suppressed, too.
 * Workflows that the bounce has ended do not continue, and emails that were suppressed are not sent. Safe to repeat.
 *
 * The email provider has a list of its own: while it has the address, it delivers nothing, and its next event suppresses the address
 * here again.
 * @throws AppError `not_found` (404)
 */
export async function removeBounceSuppression(
  userId: string,
  managerId: string,
): Promise<{ suppressed: SuppressionReason[] }> {
  return transaction(async (tx) => {
    const user = await tx.user.findUnique({ where: { id: userId }, select: { email: true } });
    if (!user) throw notFound("user");
    const address = user.email.toLowerCase();
    const stored = await tx.emailSuppression.findMany({ where: { address } });
    const { count } = await tx.emailSuppression.deleteMany({ where: { address, reason: "bounced" } });
    if (count > 0) {
      const detail = stored.find(({ reason }) => reason === "bounced")?.detail?.slice(0, MAX_QUOTED_LENGTH);
      const text = `Removed the suppression of ${address} after a bounce.${detail ? ` The bounce said: ${detail}` : ""}`;
      await tx.note.create({ data: { id: newId("note"), userId, text, writtenBy: managerId, createdAt: now() } });
    }
    return { suppressed: stored.map(({ reason }) => reason).filter((reason) => reason !== "bounced") };
  });
}
