import { now } from "../clock";
import type { Tx } from "../db";
import type { Publish } from "../outbox";
import { cancelledEvent, lockCharge } from "./charge";

/** The id of a refund that was not made at Stripe. */
const OTHERWISE = "otherwise:";

/** Returns whether a refund was paid back in another way than through Stripe. */
export const isPaidOtherwise = ({ id }: { id: string }): boolean => id.startsWith(OTHERWISE);

/**
 * Applies an operator's decision on a failed refund of a charge: `resume` lets `end-subscription` refund it again, and `dismiss`
 * records that the money was paid back otherwise.
 */
export async function releaseSubscriptionRefund(
  tx: Tx,
  publish: Publish,
  action: "resume" | "dismiss",
  chargeId: string,
  taskId: string,
  failedAmount: number,
): Promise<void> {
  const charge = await lockCharge(tx, chargeId);
  if (!charge || charge.captured === charge.refunded) return;
  const { subscriptionId, captured, refunded } = charge;
  if (action === "resume") {
    publish(cancelledEvent(subscriptionId, taskId));
    return;
  }
  const at = now();
  const amount = Math.min(failedAmount, captured - refunded);
  await tx.subscriptionRefund.create({
    data: { id: OTHERWISE + taskId, chargeId, amount, status: "succeeded", createdAt: at, updatedAt: at },
  });
  await tx.subscriptionCharge.update({
    where: { id: chargeId },
    data: { refunded: { increment: amount }, updatedAt: at },
  });
}
