import { ACCOUNT_RULES } from "./account-rules";
import { BULK_RULES } from "./bulk-rules";
import { EMAIL_RULES } from "./email-rules";
import { LOG_RULES } from "./log-rules";
import type { RetentionRule } from "./rule";

/**
 * What is kept for how long. Never removed are what is still to be sent, to be processed or to be looked at, and
 * - the books: orders and their timelines, reservations, payments, refunds, parcels, stock movements, coupons, expenses,
 *   payouts, subscriptions and charges, reports;
 * - what somebody has said: consent, suppressions, accounts, webhooks and browsers (these go when they answer that they are gone);
 * - what figures are counted from and what is one row for each user: onboarding, exposures to experiments.
 */
export const RETENTION_RULES: RetentionRule[] = [...LOG_RULES, ...EMAIL_RULES, ...BULK_RULES, ...ACCOUNT_RULES];
