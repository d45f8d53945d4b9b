import { z } from "zod";
import { endpoint, methodNotAllowed } from "@/app/endpoint";
import {
  cancelSubscription,
  changeCard,
  changeCardSchema,
  subscribe,
  subscribeSchema,
} from "@/lib/billing/subscription";
import { subscriptionViewSchema, viewSubscription } from "@/lib/billing/view-subscription";

const ownSubscription = z.strictObject({ subscription: subscriptionViewSchema.nullable() });

export const GET = endpoint({
  summary: "Returns the user's subscription with its last twelve charges",
  role: "customer",
  responses: { 200: { description: "The subscription, or null", schema: ownSubscription } },
  handler: async ({ user }) => ({ subscription: await viewSubscription(user.id) }),
});

export const POST = endpoint({
  summary: "Subscribes and charges the first period, or withdraws the cancellation of the same plan",
  role: "customer",
  body: subscribeSchema,
  responses: { 201: { description: "Subscribed", schema: ownSubscription } },
  problems: [409, 429],
  handler: async ({ user, body }) => ({ subscription: await subscribe(user.id, body) }),
});

export const PATCH = endpoint({
  summary: "Changes the card, from the next attempt on",
  role: "customer",
  body: changeCardSchema,
  responses: { 200: { description: "The subscription", schema: ownSubscription } },
  problems: [404, 429],
  handler: async ({ user, body }) => ({ subscription: await changeCard(user.id, body.paymentMethod) }),
});

export const DELETE = endpoint({
  summary: "Cancels the subscription at the end of its paid period, or at once if that is not paid",
  role: "customer",
  responses: { 200: { description: "The subscription", schema: ownSubscription } },
  problems: [404],
  handler: async ({ user }) => ({ subscription: await cancelSubscription(user.id) }),
});
export const { PUT, OPTIONS } = methodNotAllowed({ GET, POST, PATCH, DELETE });
