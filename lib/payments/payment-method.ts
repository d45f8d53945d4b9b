import { z } from "zod";

/** A Stripe PaymentMethod id. */
export const paymentMethodSchema = z.string().regex(/^pm_\w{1,100}$/, "must be a Stripe payment method id (pm_…)");

/** The body of `POST /api/orders/{id}/pay`. */
export const payAgainSchema = z.strictObject({ paymentMethod: paymentMethodSchema });
