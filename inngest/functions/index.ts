import { resumeWork } from "./bulk";
import { deliverQueuedMail, emailDripCampaign } from "./email";
import { broadcastNotification, sendIndividualNotification } from "./notification";
import { cancelOrder, processOrder } from "./order";
import { paymentFailedFunction, processRefund, settlePayment } from "./payment";
import { reconcile } from "./scheduled";
import { orderShippedFunction } from "./shipping";

/** Every function that `app/api/inngest` serves. */
export const functions = [
  processOrder,
  cancelOrder,
  paymentFailedFunction,
  processRefund,
  settlePayment,
  deliverQueuedMail,
  emailDripCampaign,
  broadcastNotification,
  sendIndividualNotification,
  resumeWork,
  reconcile,
  orderShippedFunction,
];
