import { z } from "zod";
import { isPlainText } from "../text";

/** The query of `GET /api/admin/customers`; without `q`, everybody by name. */
export const customerQuerySchema = z.strictObject({
  q: z.string().trim().max(200).refine(isPlainText, "must not hold control characters").default(""),
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z.string().max(1_000).optional(),
});
