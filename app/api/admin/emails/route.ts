import { allowOnly, json, readQuery, route } from "@/app/http";
import { requireRole } from "@/lib/auth/viewer";
import { emailListSchema, listEmails } from "@/lib/email/list-emails";

export const GET = route(async (request) => {
  await requireRole(request.headers, "manager");
  return json(await listEmails(readQuery(request, emailListSchema)));
});

export const { POST, PUT, PATCH, DELETE, OPTIONS } = allowOnly("GET");
