import { endpoint, methodNotAllowed } from "@/app/endpoint";
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
  body: newProductSchema,
  responses: { 201: { description: "The product", schema: managedProductSchema } },
  problems: [409],
  handler: ({ user, body }) => createProduct(body, user.id),
});
export const { PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ GET, POST });
