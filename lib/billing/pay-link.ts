import { z } from "zod";
import { after, DAY } from "../clock";
import { appEnv } from "../env";
import { signLink, verifyLink } from "../signed-links";

const PURPOSE = "subscription-payment";
const payloadSchema = z.object({ chargeId: z.string() });

/** Longer than the dunning, which takes five days. */
const LINK_TTL_MS = 14 * DAY;

/** Returns the URL where a customer pays a charge that failed off-session, for example because the bank requires 3-D Secure. */
export function paymentUrl(chargeId: string, failedAt: Date): string {
  return pageUrl(signLink(PURPOSE, { chargeId }, after(LINK_TTL_MS, failedAt)));
}

export const pageUrl = (token: string): string => `${appEnv().APP_URL}/billing/${token}`;

/** Returns the id of the link's charge. @throws AppError `link_invalid` (400), `link_expired` (410) */
export function readPaymentLink(token: string): string {
  return payloadSchema.parse(verifyLink(PURPOSE, token)).chargeId;
}
