import { ACCOUNT_DUTIES } from "./account-duties";
import type { Duty } from "./duty";
import { LOG_DUTIES } from "./log-duties";
import { MAIL_DUTIES } from "./mail-duties";
import { WORK_DUTIES } from "./work-duties";

/**
 * What is kept for how long. Never removed are what is still to be sent, to be processed or to be looked at, and
 * - the books: orders and their timelines, reservations, payments, refunds, parcels, stock movements, coupons, expenses,
 *   payouts, subscriptions and charges, reports;
 * - what somebody has said: consent, suppressions, accounts, webhooks and browsers (these go when they answer that they are gone);
 * - what figures are counted from and what is one row for each user: onboarding, exposures to experiments.
 */
export const DUTIES: Duty[] = [...LOG_DUTIES, ...MAIL_DUTIES, ...WORK_DUTIES, ...ACCOUNT_DUTIES];
