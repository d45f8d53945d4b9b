import type { z } from "zod";
import { broadcastSummary } from "@/app/admin-schemas";
import { count, createdId, idempotencyHeaders, pageOf } from "@/app/api-schemas";
import { endpoint, methodNotAllowed } from "@/app/endpoint";
import { broadcastSchema, type CreatedBroadcast, createBroadcast } from "@/lib/broadcasts/create-broadcast";
import { broadcastListSchema, listBroadcasts } from "@/lib/broadcasts/view-broadcast";

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
  responses: {
    201: { description: "The broadcast is created", schema: created },
    200: { description: "It was created before, with this Idempotency-Key", schema: created },
  },
  problems: [409],
  handler: async ({ user, headers, body }) => {
    const { replayed, ...answer } = await createBroadcast(body, user.id, headers["Idempotency-Key"]);
    return { status: replayed ? 200 : 201, body: answer };
  },
});

export const { PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ GET, POST });
