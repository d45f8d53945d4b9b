import { allowOnly, json, readQuery, route } from "@/app/http";
import { requireRole } from "@/lib/auth/who";
import { listMails, mailListSchema } from "@/lib/email/list-mails";

export const GET = route(async (request) => {
  await requireRole(request.headers, "manager");
  return json(await listMails(readQuery(request, mailListSchema)));
});

export const { POST, PUT, PATCH, DELETE, OPTIONS } = allowOnly("GET");
