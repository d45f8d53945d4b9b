import { z } from "zod";
import { createdOnce, endpoint, idempotencyHeaders, idParams, methodNotAllowed, repliedOnce } from "@/app/endpoint";
import { addNote, listNotes, noteSchema, noteViewSchema } from "@/lib/notes";

export const GET = endpoint({
  summary: "Lists the internal notes about an order, newest first",
  role: "manager",
  scope: "orders:read",
  params: idParams,
  responses: { 200: { schema: z.strictObject({ items: z.array(noteViewSchema) }) } },
  handler: async ({ params }) => ({ items: await listNotes({ orderId: params.id }) }),
});

export const POST = endpoint({
  summary: "Adds an internal note to an order, which customers do not see",
  role: "manager",
  scope: "orders:write",
  params: idParams,
  headers: idempotencyHeaders,
  body: noteSchema,
  responses: createdOnce("The note", z.strictObject({ note: noteViewSchema })),
  problems: [409],
  handler: async ({ user, params, headers, body }) => {
    const { answer: note, replayed } = await addNote({ orderId: params.id }, body, user, headers["Idempotency-Key"]);
    return repliedOnce({ answer: { note }, replayed });
  },
});
export const { PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ GET, POST });
