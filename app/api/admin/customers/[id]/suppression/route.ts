import { endpoint, idParams, methodNotAllowed } from "@/app/endpoint";
import { inspectedCustomerSchema } from "@/lib/account/inspect-customer";
import { removeBounceSuppression } from "@/lib/email/remove-suppression";

export const DELETE = endpoint({
  summary: "Lets an address that has bounced get email again; a complaint stays",
  role: "manager",
  params: idParams,
  responses: {
    200: { description: "The reasons that are left", schema: inspectedCustomerSchema.pick({ suppressed: true }) },
  },
  handler: ({ user, params }) => removeBounceSuppression({ userId: params.id }, user.id),
});
export const { GET, POST, PUT, PATCH, OPTIONS } = methodNotAllowed({ DELETE });
