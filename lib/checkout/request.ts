import { z } from "zod";
import { enteredAddressSchema } from "../address";
import { emailSchema } from "../email-address";
import { paymentMethodSchema } from "../payments/payment-method";
import { plainTextSchema as text } from "../text";

/** The body of `POST /api/checkout`. It has no prices: those are the server's. */
export const checkoutSchema = z.strictObject({
  items: z
    .array(
      z.strictObject({
        productId: text(100),
        quantity: z.int("must be a whole number").min(1, "must be at least 1").max(1_000, "must be at most 1000"),
      }),
    )
    .min(1, "must hold at least one item")
    .max(100, "must hold at most 100 items")
    .superRefine((items, context) => {
      const seen = new Set<string>();
      for (const [index, { productId }] of items.entries()) {
        if (seen.has(productId))
          context.addIssue({
            code: "custom",
            path: [index, "productId"],
            message: "is in the cart already; raise its quantity instead",
          });
        seen.add(productId);
      }
    }),
  email: emailSchema,
  name: text(200).optional(),
  phone: text(40).optional(),
  shippingAddress: enteredAddressSchema.optional(),
  paymentMethod: paymentMethodSchema,
  couponCode: text(50)
    .transform((code) => code.toUpperCase())
    .optional(),
});

export type CheckoutRequest = z.output<typeof checkoutSchema>;
