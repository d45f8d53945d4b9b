import { endpoint, idParams, methodNotAllowed } from "@/app/endpoint";
import { removeBounceSuppression } from "@/lib/email/remove-suppression";
import { emailViewSchema } from "@/lib/email/view-email";

export const DELETE = endpoint({
  summary:
    "Lets the recipient of an email, with or without an account, get email again after a bounce; a complaint stays",
  role: "manager",
  params: idParams,
  responses: { 200: { description: "The reasons that are left", schema: emailViewSchema.pick({ suppressed: true }) } },
  problems: [404],
  handler: ({ user, params }) => removeBounceSuppression({ emailId: params.id }, user.id),
});
export const { GET, POST, PUT, PATCH, OPTIONS } = methodNotAllowed({ DELETE });
