import { db } from "../db";
import { AppError, invalid } from "../errors";
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

/** Something new lacks fields, and nothing with this id exists. `fields`: the ones that it needs. */
export function incomplete(what: "order" | "user" | "expense", reference: string, fields: Record<string, unknown>) {
  const missing = Object.keys(fields).filter((field) => fields[field] === undefined);
  const errors = missing.map((field) => ({ path: `data.${field}`, message: "is missing" }));
  const list = errors.map(({ path, message }) => `${path}: ${message}`).join("; ");
  return invalid(`${list}. There is no ${what} ${reference}, and a new one needs them.`, errors);
}

/** Returns an order by its id, or by the storefront's. */
export const findOrder = (reference: string) =>
  db().order.findFirst({
    where: { OR: [{ id: reference }, { externalId: reference }] },
    select: {
      ...{ id: true, status: true, attempt: true, totalAmount: true, currency: true },
      ...{ userId: true, email: true, paymentMethod: true },
    },
  });

export type FoundOrder = NonNullable<Awaited<ReturnType<typeof findOrder>>>;

/** Returns a user by their id, or by that of another system. */
export const findUser = (reference: string) =>
  db().user.findFirst({
    where: { OR: [{ id: reference }, { externalId: reference }], deletedAt: null },
    select: { id: true, email: true, name: true, role: true },
  });

/** Returns the id of what an event creates: the same event again creates nothing new. */
export const idOfEvent = (prefix: string, eventId: string): string => `${prefix}_${fingerprint(eventId).slice(0, 26)}`;
