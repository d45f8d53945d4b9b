import { allowOnly, json, readJson, readQuery, route } from "@/app/http";
import { requireRole } from "@/lib/auth/viewer";
import {
  createProduct,
  listManagedProducts,
  managedListSchema,
  newProductSchema,
} from "@/lib/catalogue/manage-products";

export const GET = route(async (request) => {
  await requireRole(request.headers, "manager");
  return json(await listManagedProducts(readQuery(request, managedListSchema)));
});

export const POST = route(async (request) => {
  const { id: by } = await requireRole(request.headers, "manager");
  return json(await createProduct(await readJson(request, newProductSchema), by), 201);
});

export const { PUT, PATCH, DELETE, OPTIONS } = allowOnly("GET", "POST");
