import { z } from "zod";
import { pageOf, time } from "@/app/api-schemas";
import { endpoint, methodNotAllowed } from "@/app/endpoint";
import { listMails, MAIL_STATES, mailListSchema } from "@/lib/email/list-mails";

const email = z.strictObject({
  ...{ id: z.string(), kind: z.string(), to: z.string(), subject: z.string(), status: z.enum(MAIL_STATES) },
  ...{ lastEvent: z.string().nullable(), error: z.string().nullable(), createdAt: time, sentAt: time.nullable() },
});

export const GET = endpoint({
  summary: "Lists emails, newest first, including those of broadcasts",
  role: "manager",
  query: mailListSchema,
  responses: { 200: { description: "A page of emails", schema: pageOf(email) } },
  handler: ({ query }) => listMails(query),
});
export const { POST, PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ GET });
