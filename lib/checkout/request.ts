import { z } from "zod";
import { typedCode } from "../coupons/coupon-code";
import { plainText as text } from "../text";

export const addressSchema = z.strictObject({
  name: text(200).optional(),
  line1: text(200),
  line2: text(200).optional(),
  city: text(100),
  region: text(100).optional(),
  state: text(100).optional(),
  postalCode: text(20),
  country: z.string().regex(/^[A-Z]{2}$/, "must be an ISO 3166 country code, such as DE"),
});

/** A Stripe PaymentMethod id. */
const paymentMethod = z.string().regex(/^pm_\w{1,100}$/, "must be a Stripe payment method id (pm_…)");

/** The body of `POST /api/orders/{id}/pay`. */
export const payAgainSchema = z.strictObject({ paymentMethod });

/** The body of `POST /api/checkout`. There is no price in it: prices are the server's. */
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
  email: z
    .email("must be an e-mail address")
    .max(254)
    .transform((email) => email.toLowerCase()),
  name: text(200).optional(),
  phone: text(40).optional(),
  shippingAddress: addressSchema.optional(),
  paymentMethod,
  couponCode: typedCode.optional(),
});

export type CheckoutRequest = z.output<typeof checkoutSchema>;

/** The header `Idempotency-Key`. */
export const idempotencyKeySchema = z
  .string()
  .min(1)
  .max(255, "must have at most 255 characters")
  .regex(/^[\x21-\x7e]+$/, "must be visible ASCII");
