import { createdOnce, endpoint, idempotencyHeaders, methodNotAllowed, repliedOnce } from "@/app/endpoint";
import { broadcastSchema, createBroadcast, createdBroadcastSchema } from "@/lib/broadcasts/broadcasts";
import { broadcastListSchema, listBroadcasts, listedBroadcastSchema } from "@/lib/broadcasts/view-broadcasts";
import { pageSchema } from "@/lib/view-schemas";

export const GET = endpoint({
  summary: "Lists broadcasts, newest first, with the counts of their emails",
  role: "manager",
  scope: "broadcasts:read",
  query: broadcastListSchema,
  responses: { 200: { schema: pageSchema(listedBroadcastSchema) } },
  handler: ({ query }) => listBroadcasts(query),
});

export const POST = endpoint({
  summary: "Sends a message to a segment of the users, now or at a later time",
  role: "manager",
  scope: "broadcasts:write",
  destructive: true,
  headers: idempotencyHeaders,
  body: broadcastSchema,
  responses: createdOnce("The broadcast is created", createdBroadcastSchema),
  problems: [409],
  handler: async ({ user, headers, body }) => {
    const { replayed, ...answer } = await createBroadcast(body, user.id, headers["Idempotency-Key"]);
    return repliedOnce({ answer, replayed });
  },
});
export const { PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ GET, POST });
