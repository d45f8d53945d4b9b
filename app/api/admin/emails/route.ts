import { z } from "zod";
import { pageOf, time } from "@/app/api-schemas";
import { endpoint, methodNotAllowed } from "@/app/endpoint";
import { EMAIL_STATES, emailListSchema, listEmails } from "@/lib/email/list-emails";

const email = z.strictObject({
  ...{ id: z.string(), kind: z.string(), to: z.string(), subject: z.string(), status: z.enum(EMAIL_STATES) },
  ...{ lastEvent: z.string().nullable(), error: z.string().nullable(), createdAt: time, sentAt: time.nullable() },
});

export const GET = endpoint({
  summary: "Lists emails, newest first, including those of broadcasts",
  role: "manager",
  query: emailListSchema,
  responses: { 200: { description: "A page of emails", schema: pageOf(email) } },
  handler: ({ query }) => listEmails(query),
});
export const { POST, PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ GET });
