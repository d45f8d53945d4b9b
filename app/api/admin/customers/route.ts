import { allowOnly, json, readQuery, route } from "@/app/http";
import { requireRole } from "@/lib/auth/who";
import { customerQuerySchema } from "@/lib/search/customer-query";
import { search } from "@/lib/search/search";

export const GET = route(async (request) => {
  await requireRole(request.headers, "manager");
  return json(await search().customers(readQuery(request, customerQuerySchema)));
});

export const { POST, PUT, PATCH, DELETE, OPTIONS } = allowOnly("GET");
