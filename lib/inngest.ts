import { db } from "./db";
import { encrypted } from "./encryption";
import { type AnyEvent, EVENTS, type OtherEvent, type OutgoingEvent } from "./events";
import { newId } from "./ids";
import { withOutbox } from "./outbox";

/** Triggers `process-order` for an order that exists, at its current attempt. A run beside another one does no harm. */
export const triggerOrderProcessing = (orderId: string): Promise<void> =>
  batchSendEvents([{ name: EVENTS.ORDER_CREATED, data: { orderId } }]);

/** Triggers the welcome emails and the search index of a user who exists. */
export const triggerUserRegistration = async (userId: string): Promise<void> => {
  const { email, name } = await db().user.findUniqueOrThrow({
    where: { id: userId },
    select: { email: true, name: true },
  });
  await batchSendEvents([registrationEvent({ userId, email, name })]);
};

/** Returns the event that triggers `process-order`, for the transaction that places the order or starts another attempt. */
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
export const registrationEvent = ({
  userId,
  ...user
}: {
  userId: string;
  email: string;
  name: string;
}): OutgoingEvent => ({
  name: EVENTS.USER_REGISTERED,
  id: `user-registered:${userId}`,
  data: { userId, stored: true, ...encrypted(user) },
});

/** Returns the event that triggers the search index of a user. `version` distinguishes the changes of a profile. */
export const profileEvent = (userId: string, version: number | string): OutgoingEvent => ({
  name: EVENTS.USER_PROFILE_UPDATED,
  id: `user-profile-updated:${userId}:${version}`,
  data: { userId, stored: true },
});

/**
 * Publishes events that do not belong to another write: our own, in the shape of a storefront's, or of any other name. They are split
 * into requests within the limits of the event API.
 * @throws an `Error` that names the first wrong event and its wrong fields; then none is published
 */
export const batchSendEvents = (events: (AnyEvent | OutgoingEvent)[] | OtherEvent[]): Promise<void> =>
  withOutbox(async (_tx, publish) =>
    publish(...events.map((event) => ({ id: newId("evt"), data: {}, ...event }) as OutgoingEvent)),
  );
