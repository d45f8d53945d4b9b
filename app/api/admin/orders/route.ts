import { orderSummary, pageOf } from "@/app/api-schemas";
import { endpoint, methodNotAllowed } from "@/app/endpoint";
import { listOrders, orderListSchema } from "@/lib/orders/list-orders";

export const GET = endpoint({
  summary: "Lists orders, newest first",
  role: "manager",
  query: orderListSchema,
  responses: { 200: { description: "A page of orders", schema: pageOf(orderSummary) } },
  handler: ({ query }) => listOrders(query),
});
export const { POST, PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ GET });
