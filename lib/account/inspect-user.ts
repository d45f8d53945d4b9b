import type { Role } from "@/prisma/generated/enums";
import { db } from "../db";
import { notFound } from "../errors";

/** A user as the console shows them. */
export interface InspectedUser {
  id: string;
  name: string;
  email: string;
  role: Role;
  /** The number of orders with this address, placed with or without the account. */
  orders: number;
  createdAt: Date;
}

/** Returns a user for the console. @throws AppError `not_found` (404) */
export async function inspectUser(id: string): Promise<InspectedUser> {
  const user = await db().user.findUnique({
    where: { id },
    select: { id: true, name: true, email: true, role: true, createdAt: true },
  });
  if (!user) throw notFound("user");
  return { ...user, orders: await db().order.count({ where: { email: user.email } }) };
}
