import type { EmailCategory } from "@/prisma/generated/enums";

/**
 * Every kind of email with its category. Recipients can unsubscribe from every category but `transactional`. Broadcasts are
 * `marketing` too; they go out in batches and have no row in `emails`.
 */
export const EMAIL_KINDS = {
  order_confirmed: "transactional",
  order_failed: "transactional",
  order_payment_reminder: "transactional",
  order_cancelled: "transactional",
  order_corrected: "transactional",
  order_moved: "transactional",
  order_shipped: "transactional",
  order_delivered: "transactional",
  order_payment_request: "transactional",
  external_shipment: "transactional",
  refund_made: "transactional",
  refund_failed: "transactional",
  order_review: "transactional",
  order_review_reminder: "transactional",
  subscription_paid: "transactional",
  subscription_unpaid: "transactional",
  subscription_ended: "transactional",
  subscription_refunded: "transactional",
  subscription_refund_failed: "transactional",
  expense_request: "transactional",
  expense_reminder: "transactional",
  expense_approved: "transactional",
  expense_rejected: "transactional",
  expense_paid: "transactional",
  expense_unpaid: "transactional",
  verify_email: "transactional",
  account_exists: "transactional",
  password_reset: "transactional",
  password_changed: "transactional",
  email_change: "transactional",
  account_deletion: "transactional",
  daily_report: "transactional",
  import_ended: "transactional",
  broadcast_test: "transactional",
  alert: "transactional",
  alert_over: "transactional",
  gift_coupon: "marketing",
  drip_welcome: "product_news",
  drip_getting_started: "product_news",
  drip_features: "product_news",
  drip_check_in: "product_news",
  notification: "product_news",
  digest: "digest",
} as const satisfies Record<string, EmailCategory>;

export type EmailKind = keyof typeof EMAIL_KINDS;
