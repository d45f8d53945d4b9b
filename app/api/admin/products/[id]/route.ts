import { endpoint, idParams, methodNotAllowed } from "@/app/endpoint";
import {
  changeProduct,
  getManagedProduct,
  managedProductSchema,
  productChangeSchema,
} from "@/lib/catalogue/manage-products";

export const GET = endpoint({
  summary: "Returns a product with its stock",
  role: "manager",
  scope: "catalogue:read",
  params: idParams,
  responses: { 200: { description: "The product", schema: managedProductSchema } },
  handler: ({ params }) => getManagedProduct(params.id),
});

export const PATCH = endpoint({
  summary: "Changes the given fields; sold items keep their name and price",
  role: "manager",
  scope: "catalogue:write",
  params: idParams,
  body: productChangeSchema,
  responses: { 200: { description: "The product", schema: managedProductSchema } },
  handler: ({ params, body }) => changeProduct(params.id, body),
});
export const { POST, PUT, DELETE, OPTIONS } = methodNotAllowed({ GET, PATCH });
