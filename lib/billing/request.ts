import { z } from "zod";
import { payAgainSchema } from "../payments/payment-method";

/** The body of `POST /api/account/subscription`. */
export const subscribeSchema = z.strictObject({
  planId: z.string().regex(/^plan_\w{1,60}$/, "must be the id of a plan"),
  ...payAgainSchema.shape,
});

/** The body of `PATCH /api/account/subscription`, which changes the card. */
export const changeCardSchema = payAgainSchema;

export type Subscribe = z.output<typeof subscribeSchema>;
