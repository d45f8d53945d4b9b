import { endpoint, methodNotAllowed } from "@/app/endpoint";
import { emailListSchema, emailSummarySchema, listEmails } from "@/lib/email/list-emails";
import { pageSchema } from "@/lib/view-schemas";

export const GET = endpoint({
  summary: "Lists emails, newest first, including those of broadcasts",
  role: "manager",
  scope: "emails:read",
  query: emailListSchema,
  responses: { 200: { description: "A page of emails", schema: pageSchema(emailSummarySchema) } },
  handler: ({ query }) => listEmails(query),
});
export const { POST, PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ GET });
