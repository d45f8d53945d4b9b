import { z } from "zod";
import { addressSchema } from "../checkout/request";

const text = (max: number) => z.string().trim().min(1, "must not be empty").max(max);

/** The body of `PATCH /api/account`: what is left out stays as it is, null takes it away. */
export const accountChangeSchema = z.strictObject({
  name: text(200).optional(),
  phone: text(40).nullable().optional(),
  address: addressSchema.nullable().optional(),
  preferences: z
    .strictObject({
      marketing: z.boolean().optional(),
      product_news: z.boolean().optional(),
      digest: z.boolean().optional(),
    })
    .optional(),
});

export type AccountChange = z.output<typeof accountChangeSchema>;
