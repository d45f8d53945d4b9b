import { allowOnly, json, route } from "@/app/http";
import { visitor } from "@/app/visit";
import { getProduct } from "@/lib/catalogue/products";

export const GET = route<{ id: string }>(async (request, { id }) => {
  await visitor(request.headers);
  return json(await getProduct(id));
});

export const { POST, PUT, PATCH, DELETE, OPTIONS } = allowOnly("GET");
