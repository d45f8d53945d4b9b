import { EVENTS, type OutgoingEvent } from "./events";
import { type Publish, withOutbox } from "./outbox";

/** Triggers `process-order` for a new order, or for another attempt to pay for it. */
export function triggerOrderProcessing(publish: Publish, order: { orderId: string; attempt: number }): void {
  publish(orderProcessingEvent(order));
}

/** Returns the event of `triggerOrderProcessing`, for the statement that inserts the order. */
export function orderProcessingEvent(order: { orderId: string; attempt: number; review?: boolean }): OutgoingEvent {
  const { orderId, attempt, review = false } = order;
  return attempt === 1
    ? { name: EVENTS.ORDER_CREATED, id: `order-created:${orderId}`, data: { orderId, attempt, review } }
    : {
        name: EVENTS.ORDER_PAYMENT_RETRIED,
        id: `order-payment-retried:${orderId}:${attempt}`,
        data: { orderId, attempt },
      };
}

/** Returns the event of a user whose address is verified. It triggers the welcome emails and the search index. */
export const registrationEvent = (user: { userId: string; email: string; name: string }): OutgoingEvent => ({
  name: EVENTS.USER_REGISTERED,
  id: `user-registered:${user.userId}`,
  data: { ...user, stored: true },
});

/**
 * Publishes events that do not belong to another write. They are split into requests within the limits of the event API.
 * @throws an `Error` that names the first wrong event and its wrong fields; then none is published
 */
export const batchSendEvents = (events: OutgoingEvent[]): Promise<void> =>
  withOutbox(async (_tx, publish) => publish(...events));
