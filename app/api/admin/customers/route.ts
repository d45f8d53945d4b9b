import { allowOnly, json, readQuery, route } from "@/app/http";
import { requireRole } from "@/lib/auth/viewer";
import { customerQuerySchema, findCustomers } from "@/lib/search/find-customers";

export const GET = route(async (request) => {
  await requireRole(request.headers, "manager");
  return json(await findCustomers(readQuery(request, customerQuerySchema)));
});

export const { POST, PUT, PATCH, DELETE, OPTIONS } = allowOnly("GET");
