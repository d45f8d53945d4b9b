import { json, readQuery, route } from "@/app/http";
import { listProducts, productQuerySchema } from "@/lib/catalogue/products";

export const GET = route(async (request) => json(await listProducts(readQuery(request, productQuerySchema))));
