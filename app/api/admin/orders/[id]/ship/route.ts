import { z } from "zod";
import { createdOnce, idempotencyHeaders, idParams, repliedOnce, time } from "@/app/api-schemas";
import { endpoint, methodNotAllowed } from "@/app/endpoint";
import { type Shipped, shipOrder, shipSchema } from "@/lib/shipping/ship-order";
import { OrderStatus } from "@/prisma/generated/enums";

const shipped = z.strictObject({
  orderId: z.string(),
  status: z.enum(OrderStatus).describe("confirmed while something is left to ship, then shipped"),
  shipment: z.strictObject({
    id: z.string(),
    carrier: z.string(),
    trackingNumber: z.string(),
    items: z.array(z.strictObject({ productId: z.string(), quantity: z.int().positive() })),
    shippedAt: time,
  }),
}) satisfies z.ZodType<Shipped>;

export const POST = endpoint({
  summary: "Ships a parcel of a confirmed order; the same key, or carrier and tracking number, is the same parcel",
  role: "manager",
  params: idParams,
  headers: idempotencyHeaders,
  body: shipSchema,
  responses: createdOnce("It is shipped", shipped),
  problems: [409],
  handler: async ({ user, params, headers, body }) =>
    repliedOnce(await shipOrder(params.id, body, { by: user.id, key: headers["Idempotency-Key"] })),
});
export const { GET, PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ POST });
