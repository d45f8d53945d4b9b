import type { SuppressionReason } from "@/prisma/generated/enums";
import { now } from "../clock";
import { db, type Tx, transaction } from "../db";
import { notFound } from "../errors";
import { newId } from "../ids";
import { viewEmail } from "./view-email";

/** A bounce quotes what the receiving server has answered. */
const MAX_QUOTED_LENGTH = 500;

/**
 * Removes the suppression of an address after a bounce: that of a user, or of the recipient of an email, who may have no account.
 * A note about the user, or else about the newest order of the address, says who did it. Returns the reasons that are left. A
 * complaint stays: its recipient does not want the email, and no operator can want it for them. A deleted account stays suppressed,
 * too. Workflows that the bounce has ended do not continue, and emails that were suppressed are not sent. Safe to repeat.
 *
 * The email provider has a list of its own: while it has the address, it delivers nothing, and its next event suppresses the address
 * here again.
 * @throws AppError `not_found` (404)
 */
export async function removeBounceSuppression(
  of: { userId: string } | { emailId: string },
  managerId: string,
): Promise<{ suppressed: SuppressionReason[] }> {
  const address = ("userId" in of ? await emailOfUser(of.userId) : (await viewEmail(of.emailId)).to).toLowerCase();
  return transaction(async (tx) => {
    const stored = await tx.emailSuppression.findMany({ where: { address } });
    const { count } = await tx.emailSuppression.deleteMany({ where: { address, reason: "bounced" } });
    const subject = count > 0 ? await noteSubject(tx, address) : undefined;
    if (subject) {
      const detail = stored.find(({ reason }) => reason === "bounced")?.detail?.slice(0, MAX_QUOTED_LENGTH);
      const text = `Removed the suppression of ${address} after a bounce.${detail ? ` The bounce said: ${detail}` : ""}`;
      await tx.note.create({ data: { id: newId("note"), ...subject, text, writtenBy: managerId, createdAt: now() } });
    }
    return { suppressed: stored.map(({ reason }) => reason).filter((reason) => reason !== "bounced") };
  });
}

async function emailOfUser(id: string): Promise<string> {
  const user = await db().user.findUnique({ where: { id }, select: { email: true } });
  if (!user) throw notFound("user");
  return user.email;
}

/** What a note about an address belongs to. */
async function noteSubject(tx: Tx, address: string): Promise<{ userId: string } | { orderId: string } | undefined> {
  const user = await tx.user.findUnique({ where: { email: address }, select: { id: true } });
  if (user) return { userId: user.id };
  const order = await tx.order.findFirst({
    where: { email: address },
    orderBy: { createdAt: "desc" },
    select: { id: true },
  });
  return order ? { orderId: order.id } : undefined;
}
