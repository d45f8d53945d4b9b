import { endpoint, methodNotAllowed } from "@/app/endpoint";
import { listOrders, managedOrderSchema, orderListSchema } from "@/lib/orders/list-orders";
import { pageSchema } from "@/lib/view-schemas";

export const GET = endpoint({
  summary: "Lists orders, newest first",
  role: "manager",
  scope: "orders:read",
  query: orderListSchema,
  responses: { 200: { description: "A page of orders", schema: pageSchema(managedOrderSchema) } },
  handler: ({ query }) => listOrders(query),
});
export const { POST, PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ GET });
