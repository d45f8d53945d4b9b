import { endpoint, idParams, methodNotAllowed } from "@/app/endpoint";
import { trackSession } from "@/app/visitor";
import { getProduct, productViewSchema } from "@/lib/catalogue/products";

export const GET = endpoint({
  summary: "Returns one product",
  scope: "catalogue:read",
  params: idParams,
  responses: { 200: { description: "The product", schema: productViewSchema } },
  handler: async ({ request, params }) => {
    await trackSession(request.headers);
    return getProduct(params.id);
  },
});
export const { POST, PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ GET });
