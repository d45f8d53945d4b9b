import { endpoint, methodNotAllowed } from "@/app/endpoint";
import { csvResponse } from "@/app/http";
import { exportOrders, exportQuerySchema } from "@/lib/orders/export-orders";

export const GET = endpoint({
  summary: "Exports the orders that match a filter as CSV (RFC 4180), with decimal amounts and addresses",
  role: "manager",
  scope: "orders:read",
  query: exportQuerySchema,
  responses: { 200: { description: "A stream of the orders, oldest first", mediaType: "text/csv" } },
  handler: ({ query }) => csvResponse(exportOrders(query), "orders.csv"),
});
export const { POST, PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ GET });
