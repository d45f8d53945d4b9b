import type { z } from "zod";

/** Returns a check for `superRefine`: `message` is the error of each item whose product an earlier item has. */
export const uniqueProducts =
  (message: string) =>
  (items: { productId: string }[], context: z.RefinementCtx): void => {
    const seen = new Set<string>();
    for (const [index, { productId }] of items.entries()) {
      if (seen.has(productId)) context.addIssue({ code: "custom", path: [index, "productId"], message });
      seen.add(productId);
    }
  };
