import type { EmailCategory } from "@/prisma/generated/enums";

/**
 * Every kind of email, with the category by which its reader may refuse it. Transactional email is owed; any other goes only to
 * who has not refused it, and says how to. A broadcast is marketing too: it goes out in batches and has no row among the emails.
 */
export const EMAIL_KINDS = {
  order_confirmed: "transactional",
  order_failed: "transactional",
  order_cancelled: "transactional",
  order_shipped: "transactional",
  order_delivered: "transactional",
  refund_made: "transactional",
  order_review: "transactional",
  order_review_reminder: "transactional",
  subscription_paid: "transactional",
  subscription_unpaid: "transactional",
  subscription_ended: "transactional",
  subscription_refunded: "transactional",
  expense_request: "transactional",
  expense_reminder: "transactional",
  expense_approved: "transactional",
  expense_rejected: "transactional",
  expense_paid: "transactional",
  expense_unpaid: "transactional",
  password_reset: "transactional",
  daily_report: "transactional",
  import_ended: "transactional",
  alert: "transactional",
  alert_over: "transactional",
  gift_coupon: "marketing",
  drip_welcome: "product_news",
  drip_getting_started: "product_news",
  drip_features: "product_news",
  drip_check_in: "product_news",
  digest: "digest",
} as const satisfies Record<string, EmailCategory>;

export type EmailKind = keyof typeof EMAIL_KINDS;
