import { approvalWorkflow } from "./approval";
import { billingCycle, chargeSubscriptionFunction, endSubscriptionFunction, settleSubscriptionCharge } from "./billing";
import { resumeWork } from "./bulk";
import { cleanupOldData } from "./cleanup";
import { processData } from "./data";
import { dailyDigest, sendDailyDigest } from "./digest";
import { deliverQueuedMail, emailDripCampaign } from "./email";
import { firstOrderGift } from "./gift";
import { healthCheck } from "./health";
import { importData, tellOfImport } from "./import";
import { reconcileLedgers } from "./ledgers";
import { broadcastNotification, sendIndividualNotification } from "./notification";
import { cancelOrder, processOrder } from "./order";
import { callExternalApi, fanOutToPartners } from "./partner";
import { paymentFailedFunction, processRefund, settlePayment } from "./payment";
import { processPayment } from "./process-payment";
import { dailyReport } from "./report";
import { orderReview } from "./review";
import { reconcile } from "./scheduled";
import { indexUser } from "./search";
import { orderDeliveredFunction, orderShippedFunction } from "./shipping";

/** Every function that `app/api/inngest` serves. */
export const functions = [
  processOrder,
  cancelOrder,
  paymentFailedFunction,
  processRefund,
  settlePayment,
  orderReview,
  firstOrderGift,
  processPayment,
  approvalWorkflow,
  billingCycle,
  chargeSubscriptionFunction,
  settleSubscriptionCharge,
  endSubscriptionFunction,
  reconcileLedgers,
  deliverQueuedMail,
  emailDripCampaign,
  dailyDigest,
  sendDailyDigest,
  broadcastNotification,
  sendIndividualNotification,
  importData,
  tellOfImport,
  processData,
  indexUser,
  resumeWork,
  reconcile,
  orderShippedFunction,
  orderDeliveredFunction,
  healthCheck,
  fanOutToPartners,
  callExternalApi,
  dailyReport,
  cleanupOldData,
];
