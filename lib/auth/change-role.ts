import { z } from "zod";
import { Role } from "@/prisma/generated/enums";
import { now } from "../clock";
import { db, type Tx, transaction } from "../db";
import { conflict, type FieldError, notFound } from "../errors";
import { newId } from "../ids";
import { userNames } from "../notes";

/** The body of `PATCH /api/admin/users/{id}/role`. */
export const roleChangeSchema = z.strictObject({ role: z.enum(Role, "must be customer, manager or admin") });

/**
 * Gives a user another role, and records who did it. The same role again changes nothing. Sessions and API keys of the user have the
 * new role with their next request. The locked rows of all administrators decide that one of them is left.
 * @throws AppError `not_found` (404), `last_admin`, `email_not_verified` (409)
 */
export async function changeRole(
  userId: string,
  { role }: z.output<typeof roleChangeSchema>,
  changedBy: string,
): Promise<{ id: string; role: Role }> {
  return transaction(async (tx) => {
    const admins = await lockAdmins(tx);
    const [user] = await tx.$queryRaw<{ role: Role; emailVerified: boolean }[]>`
      SELECT role, email_verified AS "emailVerified" FROM users WHERE id = ${userId} AND deleted_at IS NULL FOR UPDATE`;
    if (!user) throw notFound("user");
    if (user.role === role) return { id: userId, role };
    if (role !== "customer" && !user.emailVerified)
      throw conflict("email_not_verified", "The user must verify the email address before getting this role.");
    if (user.role === "admin" && !admins.some((id) => id !== userId))
      throw lastAdmin([{ path: "role", message: "must stay admin, because there is no other administrator" }]);
    const at = now();
    await tx.user.update({ where: { id: userId }, data: { role, updatedAt: at } });
    await tx.roleChange.create({ data: { id: newId("role"), userId, from: user.role, to: role, changedBy, at } });
    return { id: userId, role };
  });
}

/**
 * Locks the rows of all administrators, and returns their ids. The caller locks the rows of other users afterwards. Rows that refer
 * to an administrator can be written meanwhile.
 */
export async function lockAdmins(tx: Tx): Promise<string[]> {
  const admins = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM users WHERE role = 'admin' AND deleted_at IS NULL AND email_verified ORDER BY id FOR NO KEY UPDATE`;
  return admins.map(({ id }) => id);
}

export const lastAdmin = (errors?: FieldError[]) =>
  conflict("last_admin", "This is the only administrator. Make another user an administrator first.", errors);

/** Returns the changes of a user's role, the newest first, with the name of who made each. */
export async function listRoleChanges(userId: string) {
  const changes = await db().roleChange.findMany({
    where: { userId },
    orderBy: [{ at: "desc" }, { id: "desc" }],
    take: 50,
  });
  const names = await userNames(changes.map(({ changedBy }) => changedBy));
  return changes.map(({ id, from, to, changedBy, at }) => ({ id, from, to, changedBy: names(changedBy), at }));
}
