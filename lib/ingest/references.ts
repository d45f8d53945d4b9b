import { db } from "../db";
import { AppError } from "../errors";
import { fingerprint } from "../ids";
import type { StorefrontData, StorefrontEventName } from "../storefront-events";

/** An event of a storefront, as a function receives it. */
export interface StorefrontEvent<N extends StorefrontEventName> {
  /** Unique for each event. */
  id: string;
  data: StorefrontData<N>;
}

/** What an event is about may come a moment later, for example in the same batch. The run retries; after two hours it alerts. */
export const unknown = (what: "order" | "user" | "expense", reference: string) =>
  new AppError(`unknown_${what}`, 404, `There is no ${what} ${reference}.`, { retry: true });

/** Returns an order by its id, or by the storefront's. */
export const findOrder = (reference: string) =>
  db().order.findFirst({
    where: { OR: [{ id: reference }, { externalId: reference }] },
    select: { id: true, status: true, attempt: true, totalAmount: true, currency: true },
  });

/** Returns a user by their id, or by that of another system. */
export const findUser = (reference: string) =>
  db().user.findFirst({
    where: { OR: [{ id: reference }, { externalId: reference }], deletedAt: null },
    select: { id: true, email: true, name: true, role: true },
  });

/** Returns the id of what an event creates: the same event again creates nothing new. */
export const idOfEvent = (prefix: string, eventId: string): string => `${prefix}_${fingerprint(eventId).slice(0, 26)}`;
