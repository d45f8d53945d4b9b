import { allowOnly, json, readJson, route } from "@/app/http";
import { requireRole } from "@/lib/auth/viewer";
import { changeProduct, getManagedProduct, productChangeSchema } from "@/lib/catalogue/manage-products";

export const GET = route<{ id: string }>(async (request, { id }) => {
  await requireRole(request.headers, "manager");
  return json(await getManagedProduct(id));
});

export const PATCH = route<{ id: string }>(async (request, { id }) => {
  await requireRole(request.headers, "manager");
  return json(await changeProduct(id, await readJson(request, productChangeSchema)));
});

export const { POST, PUT, DELETE, OPTIONS } = allowOnly("GET", "PATCH");
