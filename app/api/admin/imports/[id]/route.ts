import { allowOnly, json, readQuery, route } from "@/app/http";
import { requireRole } from "@/lib/auth/viewer";
import { importQuerySchema, viewImport } from "@/lib/imports/view-import";

export const GET = route<{ id: string }>(async (request, { id }) => {
  await requireRole(request.headers, "manager");
  return json(await viewImport(id, readQuery(request, importQuerySchema)));
});

export const { POST, PUT, PATCH, DELETE, OPTIONS } = allowOnly("GET");
