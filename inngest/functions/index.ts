import { approvalWorkflow } from "./approval";
import { billingCycle, chargeSubscriptionFunction, endSubscriptionFunction, settleSubscriptionCharge } from "./billing";
import { indexUser, processData } from "./data";
import { dailyDigest, sendDailyDigest } from "./digest";
import { deliverQueuedBatch, deliverQueuedEmail, emailDripCampaign } from "./email";
import { importData, importEnded } from "./import";
import { ingestFunctions } from "./ingest";
import {
  checkInvariants,
  cleanupOldData,
  dailyReport,
  healthCheck,
  reconcile,
  recordFailedRunFunction,
} from "./maintenance";
import { broadcastNotification, sendIndividualNotification } from "./notification";
import { cancelOrder, firstOrderGift, orderReview, processOrder } from "./order";
import { applyPaymentWebhook, paymentFailedFunction, processRefund } from "./payment";
import { processPayment } from "./process-payment";
import { orderDeliveredFunction, orderShippedFunction } from "./shipping";
import { callExternalApi, planWebhookDeliveries } from "./webhooks-out";

/** Every function that `app/api/inngest` serves. */
export const functions = [
  processOrder,
  cancelOrder,
  paymentFailedFunction,
  processRefund,
  applyPaymentWebhook,
  orderReview,
  firstOrderGift,
  processPayment,
  approvalWorkflow,
  billingCycle,
  chargeSubscriptionFunction,
  settleSubscriptionCharge,
  endSubscriptionFunction,
  deliverQueuedEmail,
  deliverQueuedBatch,
  emailDripCampaign,
  dailyDigest,
  sendDailyDigest,
  broadcastNotification,
  sendIndividualNotification,
  importData,
  importEnded,
  processData,
  indexUser,
  reconcile,
  checkInvariants,
  orderShippedFunction,
  orderDeliveredFunction,
  healthCheck,
  planWebhookDeliveries,
  callExternalApi,
  dailyReport,
  cleanupOldData,
  recordFailedRunFunction,
  ...ingestFunctions,
];
