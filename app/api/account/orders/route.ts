import { orderSummary, pageOf } from "@/app/api-schemas";
import { endpoint, methodNotAllowed } from "@/app/endpoint";
import { listOrders, ownOrderListSchema } from "@/lib/orders/list-orders";

export const GET = endpoint({
  summary: "Lists the user's own orders, newest first",
  role: "customer",
  query: ownOrderListSchema,
  responses: { 200: { description: "A page of orders", schema: pageOf(orderSummary) } },
  handler: ({ user, query }) => listOrders(query, user.id),
});
export const { POST, PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ GET });
