import { z } from "zod";
import { endpoint, idParams, methodNotAllowed } from "@/app/endpoint";
import { idempotencyKeySchema } from "@/lib/idempotency";
import { resendConfirmation } from "@/lib/orders/send-order-email";

export const POST = endpoint({
  summary: "Sends the confirmation of an order again; the same key is the same email",
  role: "manager",
  scope: "orders:write",
  destructive: true,
  params: idParams,
  headers: z.object({ "Idempotency-Key": idempotencyKeySchema }),
  responses: {
    202: { description: "The email is queued", schema: z.strictObject({ emailId: z.string(), to: z.string() }) },
  },
  problems: [404, 409],
  handler: ({ params, headers }) => resendConfirmation(params.id, headers["Idempotency-Key"]),
});
export const { GET, PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ POST });
