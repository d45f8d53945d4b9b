import { z } from "zod";
import { after, DAY } from "../clock";
import { appEnv } from "../env";
import { signLink, verifyLink } from "../signed-links";

const PURPOSE = "subscription-payment";
const payloadSchema = z.object({ chargeId: z.string() });

/** Longer than any dunning lasts. */
const LIFETIME = 14 * DAY;

/** The address by which a customer pays what a charge without them could not: their bank asks for 3-D Secure, say. */
export function paymentUrl(chargeId: string, failedAt: Date): string {
  return pageOf(signLink(PURPOSE, { chargeId }, after(LIFETIME, failedAt)));
}

export const pageOf = (token: string): string => `${appEnv().APP_URL}/billing/${token}`;

/** The charge that a link is for. @throws AppError `link_invalid` (400), `link_expired` (410) */
export function readPaymentLink(token: string): string {
  return payloadSchema.parse(verifyLink(PURPOSE, token)).chargeId;
}
