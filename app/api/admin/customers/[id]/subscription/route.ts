import { z } from "zod";
import { endpoint, idParams, methodNotAllowed } from "@/app/endpoint";
import { cancelSubscription } from "@/lib/billing/subscription";
import { subscriptionViewSchema, viewSubscription } from "@/lib/billing/view-subscription";

const theirSubscription = z.strictObject({ subscription: subscriptionViewSchema.nullable() });

export const GET = endpoint({
  summary: "Returns the subscription of a customer with its last twelve charges",
  role: "manager",
  scope: "customers:read",
  params: idParams,
  responses: { 200: { description: "The subscription, or null", schema: theirSubscription } },
  handler: async ({ params }) => ({ subscription: await viewSubscription(params.id) }),
});

export const DELETE = endpoint({
  summary: "Cancels a customer's subscription at the end of its paid period, or at once if that is not paid",
  role: "manager",
  params: idParams,
  responses: { 200: { description: "The subscription", schema: theirSubscription } },
  problems: [404],
  handler: async ({ user, params }) => ({ subscription: await cancelSubscription(params.id, user.id) }),
});
export const { POST, PUT, PATCH, OPTIONS } = methodNotAllowed({ GET, DELETE });
