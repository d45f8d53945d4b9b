import { z } from "zod";
import { endpoint, methodNotAllowed } from "@/app/endpoint";
import { listSubscriptions, subscribe, subscriptionSchema, unsubscribe, unsubscribeSchema } from "@/lib/messaging/push";
import { idSchema, timeSchema } from "@/lib/view-schemas";

const subscriptions = z.strictObject({
  publicKey: z.string().nullable(),
  items: z.array(z.strictObject({ id: z.string(), endpoint: z.url(), createdAt: timeSchema })),
});

export const GET = endpoint({
  summary: "Returns the key to subscribe a browser with, and the subscribed browsers",
  role: "customer",
  responses: {
    200: { description: "`publicKey` is null if push notifications are not configured", schema: subscriptions },
  },
  handler: ({ user }) => listSubscriptions(user.id),
});

export const POST = endpoint({
  summary: "Subscribes a browser to notifications about parcels",
  role: "customer",
  body: subscriptionSchema,
  responses: { 201: { description: "Subscribed", schema: idSchema } },
  problems: [409],
  handler: ({ user, body }) => subscribe(user.id, body),
});

export const DELETE = endpoint({
  summary: "Unsubscribes a browser",
  role: "customer",
  body: unsubscribeSchema,
  responses: { 200: { description: "Unsubscribed", schema: z.strictObject({ endpoint: z.string() }) } },
  handler: async ({ user, body: { endpoint } }) => {
    await unsubscribe(user.id, endpoint);
    return { endpoint };
  },
});
export const { PUT, PATCH, OPTIONS } = methodNotAllowed({ GET, POST, DELETE });
