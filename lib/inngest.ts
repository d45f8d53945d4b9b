import type { Tx } from "./db";
import { EVENTS, type OutgoingEvent } from "./events";
import { enqueue } from "./outbox";

/**
 * The triggers: what the rest of the code calls to set a workflow going. Each writes to the outbox within the caller's
 * transaction and returns the events, for `announce` once that has committed.
 */

/** Sets `process-order` going for a new order, or again for a further attempt to pay for it. */
export async function triggerOrderProcessing(
  tx: Tx,
  order: { orderId: string; attempt: number },
): Promise<OutgoingEvent[]> {
  return batchSendEvents(tx, [orderProcessingEvent(order)]);
}

/** The event of `triggerOrderProcessing`, for a statement that writes it together with the order. */
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

/** Sets the welcome of a new user going. */
export async function triggerUserRegistration(
  tx: Tx,
  user: { userId: string; email: string; name: string },
): Promise<OutgoingEvent[]> {
  return batchSendEvents(tx, [registrationEvent(user)]);
}

/** Writes any number of events; they go out in requests that the event API takes. */
export async function batchSendEvents(tx: Tx, events: OutgoingEvent[]): Promise<OutgoingEvent[]> {
  await enqueue(tx, events);
  return events;
}

/** The event of `triggerUserRegistration`. */
export function registrationEvent(user: { userId: string; email: string; name: string }): OutgoingEvent {
  return { name: EVENTS.USER_REGISTERED, id: `user-registered:${user.userId}`, data: user };
}
