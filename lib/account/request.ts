import { z } from "zod";
import { addressSchema } from "../address";
import { personName, plainText } from "../text";

/** The body of `PATCH /api/account`: what is left out stays as it is, null takes it away. */
export const accountChangeSchema = z.strictObject({
  name: personName.optional(),
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
