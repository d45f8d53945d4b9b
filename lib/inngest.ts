import type { Tx } from "./db";
import { EVENTS, type OutgoingEvent } from "./events";
import { enqueue, type Publish } from "./outbox";

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

/** Triggers the welcome emails of a new user. */
export async function triggerUserRegistration(
  tx: Tx,
  user: { userId: string; email: string; name: string },
): Promise<OutgoingEvent[]> {
  return batchSendEvents(tx, [registrationEvent(user)]);
}

/** Inserts any number of events into the outbox. They are sent in requests that the event API takes. */
export async function batchSendEvents(tx: Tx, events: OutgoingEvent[]): Promise<OutgoingEvent[]> {
  await enqueue(tx, events);
  return events;
}

/** Returns the event of `triggerUserRegistration`. */
export function registrationEvent(user: { userId: string; email: string; name: string }): OutgoingEvent {
  return { name: EVENTS.USER_REGISTERED, id: `user-registered:${user.userId}`, data: user };
}
