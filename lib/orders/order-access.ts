import { hasRole, type Viewer } from "../auth/viewer";
import { db } from "../db";
import { AppError, notFound } from "../errors";
import { sameSecret } from "../ids";

/** The credentials of a request for an order: the token of its link, or the signed-in user. */
export interface OrderCredentials {
  token?: string;
  viewer?: Viewer | null;
}

interface OwnedOrder {
  token: string;
  userId: string | null;
}

/**
 * Returns the order if the request has its token, or comes from its customer or a manager. All other requests get `not_found`, so
 * that the answer does not reveal which orders exist.
 *
 * @throws AppError `unauthenticated` (401) without a token and without an account; `not_found` (404)
 */
export function authorizeOrder<T extends OwnedOrder>(order: T | null, { token, viewer }: OrderCredentials): T {
  if (!token && !viewer)
    throw new AppError("unauthenticated", 401, "This request needs the order's token, or its owner must be signed in.");
  const known = order && token && sameSecret(order.token, token);
  const owned = order && viewer && (order.userId === viewer.id || hasRole(viewer, "manager"));
  if (!order || !(known || owned)) throw notFound("order");
  return order;
}

/**
 * Authorizes a change of an order. Returns who makes the change: the customer or an operator.
 * @throws AppError as `authorizeOrder`.
 */
export async function requireOrderAccess(id: string, credentials: OrderCredentials): Promise<"customer" | "operator"> {
  const order = await db().order.findUnique({ where: { id }, select: { token: true, userId: true } });
  const { userId } = authorizeOrder(order, credentials);
  return credentials.token || credentials.viewer?.id === userId ? "customer" : "operator";
}
