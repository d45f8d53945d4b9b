import { endpoint, methodNotAllowed } from "@/app/endpoint";
import { trackSession } from "@/app/visitor";
import { listProducts, productPageSchema, productQuerySchema } from "@/lib/catalogue/products";

export const GET = endpoint({
  summary: "Lists the products on sale, by name",
  scope: "catalogue:read",
  query: productQuerySchema,
  responses: { 200: { description: "A page of products", schema: productPageSchema } },
  handler: async ({ request, query }) => {
    await trackSession(request.headers);
    return listProducts(query);
  },
});
export const { POST, PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ GET });
