import { incompleteRegistrations } from "../auth/registration";
import { deletedCustomers } from "../billing/deleted-customers";
import {
  pendingSubscriptionRefunds,
  unclosedCharges,
  unnotifiedCharges,
  unnotifiedSubscriptionEnds,
  unnotifiedSubscriptionRefunds,
} from "../billing/sweeps";
import { stalledChunks, unplannedBroadcasts } from "../broadcasts/plan-page";
import { missingGifts, unsentGiftEmails } from "../coupons/sweeps";
import { expiredEmails, queuedEmails } from "../email/sweeps";
import { overdueExpenses, unfinalizedExpenses, unremindedApprovals, unrequestedApprovals } from "../expenses/sweeps";
import { newAlerts } from "../health/watch-health";
import { unnotifiedImports } from "../imports/import-email";
import { stalledImports } from "../imports/lifecycle";
import { stockAlerts } from "../inventory/low-stock-alerts";
import { stalledJobs } from "../jobs/jobs";
import { expiredReservations, expiringReviews, openPaymentIntents, overdueOrders, stuckOrders } from "../orders/sweeps";
import { unnotifiedCustomers } from "../orders/unnotified-customers";
import { unremindedPayments, unrequestedPayments } from "../orders/unpaid-orders";
import { unsentEvents } from "../outbox-sweep";
import { stripeDisputes } from "../payments/disputes";
import { pendingRefunds, stripePayments } from "../payments/sweeps";
import { idlePayouts, openReversals, stripeTransfers } from "../payouts/sweeps";
import { unsummedSales } from "../reports/sales-sums";
import { unindexedUsers } from "../search/index-user";
import type { Sweep } from "../sweep";
import { stripeRefunds, unprocessedWebhooks } from "../webhooks-in/sweeps";
import { lostDeliveries } from "../webhooks-out/plan-deliveries";
import { unplannedDeliveries } from "../webhooks-out/unplanned-deliveries";

/** Every sweep. A new one is an object beside its domain, an entry here, and a test. */
export const SWEEPS: Sweep[] = [
  // Events and orders first: customers wait for them.
  unsentEvents,
  stuckOrders,
  overdueOrders,
  expiredReservations,
  openPaymentIntents,
  pendingRefunds,
  unprocessedWebhooks,
  expiringReviews,
  stripePayments,
  stripeRefunds,
  stripeDisputes,
  unrequestedPayments,
  unremindedPayments,
  stockAlerts,
  // Emails.
  queuedEmails,
  expiredEmails,
  newAlerts,
  unnotifiedCustomers,
  missingGifts,
  unsentGiftEmails,
  // Subscriptions, expenses and payouts.
  unclosedCharges,
  pendingSubscriptionRefunds,
  unnotifiedCharges,
  unnotifiedSubscriptionRefunds,
  unnotifiedSubscriptionEnds,
  deletedCustomers,
  overdueExpenses,
  unfinalizedExpenses,
  unrequestedApprovals,
  unremindedApprovals,
  idlePayouts,
  openReversals,
  stripeTransfers,
  // Bulk work.
  unplannedBroadcasts,
  stalledChunks,
  stalledImports,
  unnotifiedImports,
  stalledJobs,
  unplannedDeliveries,
  lostDeliveries,
  unindexedUsers,
  unsummedSales,
  incompleteRegistrations,
];
