import type { Role } from "@/prisma/generated/enums";
import { AppError } from "../errors";
import { auth } from "./auth";

export interface Viewer {
  id: string;
  email: string;
  name: string;
  role: Role;
}

/** What a role may do, the roles below it may not: an admin is a manager, a manager is a customer. */
const RANK: Record<Role, number> = { customer: 0, manager: 1, admin: 2 };

/** Who is asking, if anybody known. */
export async function currentUser(headers: Headers): Promise<Viewer | null> {
  const session = await auth().api.getSession({ headers });
  if (!session) return null;
  const { id, email, name, role } = session.user;
  return { id, email, name, role: isRole(role) ? role : "customer" };
}

/** Whether somebody may do what `role` may. */
export const hasRole = (user: Viewer, role: Role): boolean => RANK[user.role] >= RANK[role];

/**
 * The one line by which a route says who may call it.
 * @throws AppError `unauthenticated` (401) for nobody known, `forbidden` (403) for too low a role.
 */
export async function requireRole(headers: Headers, role: Role): Promise<Viewer> {
  const user = await currentUser(headers);
  if (!user) throw new AppError("unauthenticated", 401, "Sign in first.");
  if (!hasRole(user, role)) throw new AppError("forbidden", 403, `This needs the role ${role}.`);
  return user;
}

const isRole = (text: string | null | undefined): text is Role => text !== null && text !== undefined && text in RANK;
