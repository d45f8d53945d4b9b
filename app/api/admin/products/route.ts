import { createdOnce, endpoint, idempotencyHeaders, methodNotAllowed, repliedOnce } from "@/app/endpoint";
import {
  createProduct,
  listManagedProducts,
  managedListSchema,
  managedProductSchema,
  newProductSchema,
} from "@/lib/catalogue/manage-products";
import { pageSchema } from "@/lib/view-schemas";

export const GET = endpoint({
  summary: "Lists all products by SKU, including inactive ones",
  role: "manager",
  scope: "catalogue:read",
  query: managedListSchema,
  responses: { 200: { description: "A page of products", schema: pageSchema(managedProductSchema) } },
  handler: ({ query }) => listManagedProducts(query),
});

export const POST = endpoint({
  summary: "Creates a product with its initial stock",
  role: "manager",
  scope: "catalogue:write",
  headers: idempotencyHeaders,
  body: newProductSchema,
  responses: createdOnce("The product", managedProductSchema),
  problems: [409],
  handler: async ({ user, headers, body }) =>
    repliedOnce(await createProduct(body, { by: user.id, key: headers["Idempotency-Key"] })),
});
export const { PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ GET, POST });
