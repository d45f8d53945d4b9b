import { z } from "zod";
import { endpoint, methodNotAllowed } from "@/app/endpoint";
import { sendBroadcastTest, testSchema } from "@/lib/broadcasts/broadcasts";

export const POST = endpoint({
  summary: "Sends a broadcast to the caller only, as a test",
  role: "manager",
  scope: "broadcasts:write",
  body: testSchema,
  responses: {
    202: { description: "The email is queued", schema: z.strictObject({ emailId: z.string(), to: z.string() }) },
  },
  handler: ({ user, body }) => sendBroadcastTest(body, user),
});
export const { GET, PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ POST });
