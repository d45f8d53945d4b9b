import { hasRole, type Viewer } from "../auth/viewer";
import { db } from "../db";
import { AppError, notFound } from "../errors";
import { sameSecret } from "../ids";

/** By what somebody asks for an order: the token of its link, or who they are when signed in. */
export interface OrderCredentials {
  token?: string;
  viewer?: Viewer | null;
}

interface Locked {
  token: string;
  userId: string | null;
}

/**
 * Lets through whoever has the order's token, the customer whose it is, and managers. For all others there is no such
 * order, so that nobody finds out by trying which there are.
 *
 * @throws AppError `unauthenticated` (401) without a token and without an account; `not_found` (404)
 */
export function authorizeOrder<T extends Locked>(order: T | undefined, { token, viewer }: OrderCredentials): T {
  if (!token && !viewer)
    throw new AppError("unauthenticated", 401, "An order is for its owner, or whoever has its token.");
  const known = order && token && sameSecret(order.token, token);
  const owned = order && viewer && (order.userId === viewer.id || hasRole(viewer, "manager"));
  if (!order || !(known || owned)) throw notFound("order");
  return order;
}

/**
 * `authorizeOrder` for an order that is about to be changed. Says on whose behalf: the customer's, or the shop's.
 * @throws AppError as `authorizeOrder`.
 */
export async function requireOrderAccess(id: string, key: OrderCredentials): Promise<"customer" | "operator"> {
  const [order] = await db().$queryRaw<Locked[]>`SELECT token, user_id AS "userId" FROM orders WHERE id = ${id}`;
  const { userId } = authorizeOrder(order, key);
  return key.token || key.viewer?.id === userId ? "customer" : "operator";
}
