import type { z } from "zod";
import { broadcastSummary } from "@/app/admin-schemas";
import { count, createdId, createdOnce, idempotencyHeaders, pageOf, repliedOnce } from "@/app/api-schemas";
import { endpoint, methodNotAllowed } from "@/app/endpoint";
import {
  broadcastListSchema,
  broadcastSchema,
  type CreatedBroadcast,
  createBroadcast,
  listBroadcasts,
} from "@/lib/broadcasts/broadcasts";

const created = createdId.extend({ recipients: count }) satisfies z.ZodType<CreatedBroadcast>;

export const GET = endpoint({
  summary: "Lists broadcasts, newest first",
  role: "manager",
  query: broadcastListSchema,
  responses: { 200: { schema: pageOf(broadcastSummary) } },
  handler: ({ query }) => listBroadcasts(query),
});

export const POST = endpoint({
  summary: "Sends a message to a segment of the users",
  role: "manager",
  headers: idempotencyHeaders,
  body: broadcastSchema,
  responses: createdOnce("The broadcast is created", created),
  problems: [409],
  handler: async ({ user, headers, body }) => {
    const { replayed, ...answer } = await createBroadcast(body, user.id, headers["Idempotency-Key"]);
    return repliedOnce({ answer, replayed });
  },
});
export const { PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ GET, POST });
