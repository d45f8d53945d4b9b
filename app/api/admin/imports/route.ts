import { json, readJson, route } from "@/app/http";
import { requireRole } from "@/lib/auth/who";
import { createImport, importSchema } from "@/lib/imports/create-import";

export const POST = route(async (request) => {
  const manager = await requireRole(request.headers, "manager");
  return json(await createImport(await readJson(request, importSchema), manager.id), 201);
});
