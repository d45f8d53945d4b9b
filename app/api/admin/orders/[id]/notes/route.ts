import { createdOnce, endpoint, idempotencyHeaders, idParams, methodNotAllowed, repliedOnce } from "@/app/endpoint";
import { addNote, listNotes, noteListSchema, noteSchema, noteViewSchema } from "@/lib/notes";
import { pageSchema } from "@/lib/view-schemas";

export const GET = endpoint({
  summary: "Lists the internal notes about an order, newest first",
  role: "manager",
  scope: "orders:read",
  params: idParams,
  query: noteListSchema,
  responses: { 200: { description: "A page of notes", schema: pageSchema(noteViewSchema) } },
  handler: ({ params, query }) => listNotes({ orderId: params.id }, query),
});

export const POST = endpoint({
  summary: "Adds an internal note to an order, which customers do not see",
  role: "manager",
  scope: "orders:write",
  params: idParams,
  headers: idempotencyHeaders,
  body: noteSchema,
  responses: createdOnce("The note", noteViewSchema),
  problems: [409],
  handler: async ({ user, params, headers, body }) =>
    repliedOnce(await addNote({ orderId: params.id }, body, user, headers["Idempotency-Key"])),
});
export const { PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ GET, POST });
