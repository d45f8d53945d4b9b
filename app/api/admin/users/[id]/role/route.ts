import { z } from "zod";
import { endpoint, idParams, methodNotAllowed } from "@/app/endpoint";
import { changeRole, roleChangeSchema } from "@/lib/auth/change-role";
import { Role } from "@/prisma/generated/enums";

export const PATCH = endpoint({
  summary: "Gives a user another role; the last administrator keeps theirs",
  role: "admin",
  params: idParams,
  body: roleChangeSchema,
  responses: { 200: { description: "The role", schema: z.strictObject({ id: z.string(), role: z.enum(Role) }) } },
  problems: [404, 409],
  handler: ({ user, params, body }) => changeRole(params.id, body, user.id),
});
export const { GET, POST, PUT, DELETE, OPTIONS } = methodNotAllowed({ PATCH });
