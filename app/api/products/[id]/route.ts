import { json, route } from "@/app/http";
import { getProduct } from "@/lib/catalogue/products";

export const GET = route<{ id: string }>(async (_request, { id }) => json(await getProduct(id)));
