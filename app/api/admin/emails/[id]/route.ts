import { endpoint, idParams, methodNotAllowed } from "@/app/endpoint";
import { emailViewSchema, viewEmail } from "@/lib/email/view-email";

export const GET = endpoint({
  summary: "Returns an email with its stored content",
  role: "manager",
  scope: "emails:read",
  params: idParams,
  responses: { 200: { description: "The email", schema: emailViewSchema } },
  problems: [404],
  handler: ({ params, apiKey }) => viewEmail(params.id, { hideTokens: apiKey !== undefined }),
});
export const { POST, PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ GET });
