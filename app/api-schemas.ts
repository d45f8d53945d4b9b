import { z } from "zod";
import { idempotencyKeySchema } from "@/lib/idempotency";

/** Schemas that several endpoints share. The schemas of views are beside the functions that return them. */

export const idParams = z.object({ id: z.string() });
export const deliveryParams = z.object({ id: z.string(), deliveryId: z.string() });
export const idempotencyHeaders = z.object({ "Idempotency-Key": idempotencyKeySchema.optional() });
export const tokenQuery = z.object({
  token: z
    .string()
    .optional()
    .describe("The order's token. It may be a bearer token instead. The signed-in owner of the order needs none."),
});

/** 201 for the first request; 200 with the same body for a repeated one. `repliedOnce` chooses between them. */
export const createdOnce = <S extends z.ZodType>(description: string, schema: S) => ({
  201: { description, schema },
  200: { description: "A replay of the response to an earlier request with the same key", schema },
});
export const repliedOnce = <T>({ answer, replayed }: { answer: T; replayed: boolean }) =>
  ({ status: replayed ? 200 : 201, body: answer }) as const;

/** RFC 9457, with a stable `code` and the wrong fields. */
export const problem = z.strictObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.string().describe("Stable, for programs."),
  errors: z
    .array(z.strictObject({ path: z.string(), message: z.string() }))
    .optional()
    .describe("The wrong fields, such as items.0.quantity."),
});

export const receipt = z.strictObject({ received: z.literal(true), receipt: z.string() });
