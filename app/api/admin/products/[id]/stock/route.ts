import { createdOnce, endpoint, idempotencyHeaders, idParams, methodNotAllowed, repliedOnce } from "@/app/endpoint";
import { adjustedSchema, adjustStock, stockSchema } from "@/lib/inventory/adjust-stock";
import { listStockHistory, movementSchema, stockHistoryQuery } from "@/lib/inventory/stock-history";
import { pageSchema } from "@/lib/view-schemas";

export const GET = endpoint({
  summary: "Lists the changes of a product's stock, newest first",
  role: "manager",
  scope: "catalogue:read",
  params: idParams,
  query: stockHistoryQuery,
  responses: { 200: { description: "A page of changes", schema: pageSchema(movementSchema) } },
  handler: ({ params, query }) => listStockHistory(params.id, query),
});

export const POST = endpoint({
  summary: "Adds or removes available stock; it never becomes negative",
  role: "manager",
  scope: "catalogue:write",
  params: idParams,
  headers: idempotencyHeaders,
  body: stockSchema,
  responses: createdOnce("Adjusted", adjustedSchema),
  problems: [409],
  handler: async ({ user, params, headers, body }) =>
    repliedOnce(await adjustStock(params.id, body, { by: user.id, key: headers["Idempotency-Key"] })),
});
export const { PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ GET, POST });
