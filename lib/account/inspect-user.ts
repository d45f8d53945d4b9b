import type { Role } from "@/prisma/generated/enums";
import { db } from "../db";
import { notFound } from "../errors";

/** A user as the console shows them. */
export interface InspectedUser {
  id: string;
  name: string;
  email: string;
  role: Role;
  /** With this address, signed in or not. */
  orders: number;
  createdAt: Date;
}

/** @throws AppError `not_found` (404) */
export async function inspectUser(id: string): Promise<InspectedUser> {
  const [user] = await db().$queryRaw<InspectedUser[]>`
    SELECT u.id, u.name, u.email, u.role, u.created_at AS "createdAt",
      (SELECT count(*)::int FROM orders o WHERE o.email = u.email) AS orders
    FROM users u WHERE u.id = ${id}`;
  if (!user) throw notFound("user");
  return user;
}
