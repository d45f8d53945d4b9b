import { allowOnly, json, readJson, readQuery, route } from "@/app/http";
import { requireRole } from "@/lib/auth/viewer";
import { createImport, importSchema } from "@/lib/imports/create-import";
import { importListSchema, listImports } from "@/lib/imports/list-imports";

export const GET = route(async (request) => {
  await requireRole(request.headers, "manager");
  return json(await listImports(readQuery(request, importListSchema)));
});

export const POST = route(async (request) => {
  const manager = await requireRole(request.headers, "manager");
  return json(await createImport(await readJson(request, importSchema), manager.id), 201);
});

export const { PUT, PATCH, DELETE, OPTIONS } = allowOnly("GET", "POST");
