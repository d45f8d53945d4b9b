import { z } from "zod";
import { idParams } from "@/app/api-schemas";
import { endpoint, methodNotAllowed } from "@/app/endpoint";
import { type Delivered, deliverOrder, deliverSchema } from "@/lib/shipping/ship-order";
import { OrderStatus } from "@/prisma/generated/enums";

const delivered = z.strictObject({
  orderId: z.string(),
  status: z.enum(OrderStatus),
  inTransit: z.int().describe("Parcels still on their way"),
}) satisfies z.ZodType<Delivered>;

export const POST = endpoint({
  summary: "Marks one parcel as delivered, or all that are on their way",
  role: "manager",
  params: idParams,
  body: deliverSchema,
  responses: { 200: { description: "Marked", schema: delivered } },
  problems: [409],
  handler: ({ params, body }) => deliverOrder(params.id, body.trackingNumber),
});
export const { GET, PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ POST });
