import { createdOnce, endpoint, idParams, methodNotAllowed, repliedOnce } from "@/app/endpoint";
import { applyDryRun } from "@/lib/imports/create-import";
import { idSchema } from "@/lib/view-schemas";

export const POST = endpoint({
  summary: "Imports the file of a dry run",
  role: "manager",
  scope: "catalogue:write",
  destructive: true,
  params: idParams,
  responses: createdOnce("The import is created", idSchema),
  problems: [409],
  handler: async ({ user, params }) => {
    const { replayed, ...answer } = await applyDryRun(params.id, user.id);
    return repliedOnce({ answer, replayed });
  },
});
export const { GET, PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ POST });
