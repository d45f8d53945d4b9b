import { endpoint, methodNotAllowed } from "@/app/endpoint";
import { listOwnOrders, orderSummarySchema, ownOrderListSchema } from "@/lib/orders/list-orders";
import { pageSchema } from "@/lib/view-schemas";

export const GET = endpoint({
  summary: "Lists the user's own orders, newest first",
  role: "customer",
  query: ownOrderListSchema,
  responses: { 200: { description: "A page of orders", schema: pageSchema(orderSummarySchema) } },
  handler: ({ user, query }) => listOwnOrders(query, user.id),
});
export const { POST, PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ GET });
