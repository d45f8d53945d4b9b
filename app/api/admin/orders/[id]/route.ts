import { z } from "zod";
import { endpoint, idParams, methodNotAllowed } from "@/app/endpoint";
import { inspectOrder } from "@/lib/orders/inspect-order";

export const GET = endpoint({
  summary: "Returns an order with its payments, refunds, parcels, emails and the link to its run",
  role: "manager",
  scope: "orders:read",
  params: idParams,
  responses: { 200: { description: "The order", schema: z.looseObject({ id: z.string(), runUrl: z.url() }) } },
  handler: async ({ params }) => ({ ...(await inspectOrder(params.id)) }),
});
export const { POST, PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ GET });
