import { allowOnly, json, readQuery, route } from "@/app/http";
import { visitor } from "@/app/visit";
import { listProducts, productQuerySchema } from "@/lib/catalogue/products";

export const GET = route(async (request) => {
  const query = readQuery(request, productQuerySchema);
  await visitor(request.headers);
  return json(await listProducts(query));
});

export const { POST, PUT, PATCH, DELETE, OPTIONS } = allowOnly("GET");
