import type { Role } from "@/prisma/generated/enums";
import { db } from "../db";
import { AppError } from "../errors";
import { auth } from "./auth";

export interface Viewer {
  id: string;
  email: string;
  name: string;
  role: Role;
}

/** The rank of each role. A role includes the permissions of all lower roles. */
const RANK: Record<Role, number> = { customer: 0, manager: 1, admin: 2 };

/** Returns the signed-in user of a request, or null. A user whose address is not verified cannot sign in. */
export async function currentUser(headers: Headers): Promise<Viewer | null> {
  const session = await auth().api.getSession({ headers });
  if (!session?.user.emailVerified) return null;
  const { id, email, name, role } = session.user;
  return { id, email, name, role: isRole(role) ? role : "customer" };
}

/** Returns the user with this id, or null if it is deleted or its address is not verified. */
export const viewerOf = (id: string): Promise<Viewer | null> =>
  db().user.findUnique({
    where: { id, emailVerified: true, deletedAt: null },
    select: { id: true, email: true, name: true, role: true },
  });

/** Returns whether the user has `role` or a higher one. */
export const hasRole = (user: Viewer, role: Role): boolean => RANK[user.role] >= RANK[role];

/**
 * Returns the signed-in user, who has at least `role`.
 * @throws AppError `unauthenticated` (401) without a session, `forbidden` (403) for a lower role
 */
export async function requireRole(headers: Headers, role: Role): Promise<Viewer> {
  const user = await currentUser(headers);
  if (!user) throw new AppError("unauthenticated", 401, "Sign in first.");
  if (!hasRole(user, role)) throw new AppError("forbidden", 403, `This needs the role ${role}.`);
  return user;
}

const isRole = (text: string | null | undefined): text is Role => text !== null && text !== undefined && text in RANK;
