import { eventType } from "inngest";
import { EVENTS, eventSchemas } from "@/lib/events";

export { EVENTS };

/** Inngest's event types, checked where an event is received; the outbox has checked it where it was sent. */
export const orderCreated = eventType(EVENTS.ORDER_CREATED, { schema: eventSchemas[EVENTS.ORDER_CREATED] });
export const orderPaymentRetried = eventType(EVENTS.ORDER_PAYMENT_RETRIED, {
  schema: eventSchemas[EVENTS.ORDER_PAYMENT_RETRIED],
});
export const orderConfirmed = eventType(EVENTS.ORDER_CONFIRMED, { schema: eventSchemas[EVENTS.ORDER_CONFIRMED] });
export const orderReviewed = eventType(EVENTS.ORDER_REVIEWED, { schema: eventSchemas[EVENTS.ORDER_REVIEWED] });
export const orderCancelled = eventType(EVENTS.ORDER_CANCELLED, { schema: eventSchemas[EVENTS.ORDER_CANCELLED] });
export const orderShipped = eventType(EVENTS.ORDER_SHIPPED, { schema: eventSchemas[EVENTS.ORDER_SHIPPED] });
export const orderDelivered = eventType(EVENTS.ORDER_DELIVERED, { schema: eventSchemas[EVENTS.ORDER_DELIVERED] });
export const paymentCompleted = eventType(EVENTS.PAYMENT_COMPLETED, { schema: eventSchemas[EVENTS.PAYMENT_COMPLETED] });
export const paymentFailed = eventType(EVENTS.PAYMENT_FAILED, { schema: eventSchemas[EVENTS.PAYMENT_FAILED] });
export const paymentChanged = eventType(EVENTS.PAYMENT_CHANGED, { schema: eventSchemas[EVENTS.PAYMENT_CHANGED] });
export const refundSucceeded = eventType(EVENTS.REFUND_SUCCEEDED, { schema: eventSchemas[EVENTS.REFUND_SUCCEEDED] });
export const cleanupContinued = eventType(EVENTS.CLEANUP_CONTINUED, { schema: eventSchemas[EVENTS.CLEANUP_CONTINUED] });
export const apiCall = eventType(EVENTS.API_CALL, { schema: eventSchemas[EVENTS.API_CALL] });
export const refundRequested = eventType(EVENTS.REFUND_REQUESTED, { schema: eventSchemas[EVENTS.REFUND_REQUESTED] });
export const paymentProcess = eventType(EVENTS.PAYMENT_PROCESS, { schema: eventSchemas[EVENTS.PAYMENT_PROCESS] });
export const expenseSubmitted = eventType(EVENTS.EXPENSE_SUBMITTED, { schema: eventSchemas[EVENTS.EXPENSE_SUBMITTED] });
export const expenseClosed = eventType(EVENTS.EXPENSE_CLOSED, { schema: eventSchemas[EVENTS.EXPENSE_CLOSED] });
export const subscriptionChargeDue = eventType(EVENTS.SUBSCRIPTION_CHARGE_DUE, {
  schema: eventSchemas[EVENTS.SUBSCRIPTION_CHARGE_DUE],
});
export const subscriptionPaymentChanged = eventType(EVENTS.SUBSCRIPTION_PAYMENT_CHANGED, {
  schema: eventSchemas[EVENTS.SUBSCRIPTION_PAYMENT_CHANGED],
});
export const subscriptionCancelled = eventType(EVENTS.SUBSCRIPTION_CANCELLED, {
  schema: eventSchemas[EVENTS.SUBSCRIPTION_CANCELLED],
});
export const emailQueued = eventType(EVENTS.EMAIL_QUEUED, { schema: eventSchemas[EVENTS.EMAIL_QUEUED] });
export const emailSuppressed = eventType(EVENTS.EMAIL_SUPPRESSED, { schema: eventSchemas[EVENTS.EMAIL_SUPPRESSED] });
export const emailSendDigest = eventType(EVENTS.EMAIL_SEND_DIGEST, { schema: eventSchemas[EVENTS.EMAIL_SEND_DIGEST] });
export const emailDigestContinued = eventType(EVENTS.EMAIL_DIGEST_CONTINUED, {
  schema: eventSchemas[EVENTS.EMAIL_DIGEST_CONTINUED],
});
export const userRegistered = eventType(EVENTS.USER_REGISTERED, { schema: eventSchemas[EVENTS.USER_REGISTERED] });
export const userUnsubscribed = eventType(EVENTS.USER_UNSUBSCRIBED, { schema: eventSchemas[EVENTS.USER_UNSUBSCRIBED] });
export const notificationBroadcast = eventType(EVENTS.NOTIFICATION_BROADCAST, {
  schema: eventSchemas[EVENTS.NOTIFICATION_BROADCAST],
});
export const notificationSendIndividual = eventType(EVENTS.NOTIFICATION_SEND_INDIVIDUAL, {
  schema: eventSchemas[EVENTS.NOTIFICATION_SEND_INDIVIDUAL],
});
export const userProfileUpdated = eventType(EVENTS.USER_PROFILE_UPDATED, {
  schema: eventSchemas[EVENTS.USER_PROFILE_UPDATED],
});
export const dataProcess = eventType(EVENTS.DATA_PROCESS, { schema: eventSchemas[EVENTS.DATA_PROCESS] });
export const dataImport = eventType(EVENTS.DATA_IMPORT, { schema: eventSchemas[EVENTS.DATA_IMPORT] });
export const dataImportEnded = eventType(EVENTS.DATA_IMPORT_ENDED, { schema: eventSchemas[EVENTS.DATA_IMPORT_ENDED] });
