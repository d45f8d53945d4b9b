import { z } from "zod";
import { addressSchema } from "../checkout/request";
import { plainText } from "../text";

/** What a person is called. */
export const nameSchema = plainText(200);

/** The body of `PATCH /api/account`: what is left out stays as it is, null takes it away. */
export const accountChangeSchema = z.strictObject({
  name: nameSchema.optional(),
  phone: plainText(40).nullable().optional(),
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
