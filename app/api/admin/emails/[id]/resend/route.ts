import { z } from "zod";
import { endpoint, idParams, methodNotAllowed } from "@/app/endpoint";
import { resendEmail } from "@/lib/email/view-email";
import { idempotencyKeySchema } from "@/lib/idempotency";

export const POST = endpoint({
  summary: "Sends an email again with the same content; the same key is the same email",
  role: "manager",
  params: idParams,
  headers: z.object({ "Idempotency-Key": idempotencyKeySchema }),
  responses: {
    202: { description: "The email is queued", schema: z.strictObject({ emailId: z.string(), to: z.string() }) },
  },
  problems: [404, 409],
  handler: ({ params, headers }) => resendEmail(params.id, headers["Idempotency-Key"]),
});
export const { GET, PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ POST });
