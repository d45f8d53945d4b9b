import { z } from "zod";
import { subscriptionSchema, unsubscribeSchema } from "@/lib/messaging/push-subscriptions";
import { deliveryListSchema } from "@/lib/webhooks-out/deliveries";
import { endpointChangeSchema, newEndpointSchema } from "@/lib/webhooks-out/endpoints";
import { rotationSchema } from "@/lib/webhooks-out/rotate-secret";
import { DeliveryStatus } from "@/prisma/generated/enums";
import type { Operation } from "./operation";

const time = z.iso.datetime();

const webhook = z.strictObject({
  ...{ id: z.string(), url: z.url(), events: z.array(z.string()), enabled: z.boolean(), createdAt: time },
  disabledFor: z.string().nullable().describe("Why it was switched off, if not by its owner: gone."),
  failures: z.int().describe("Failed calls in a row"),
  openUntil: time.nullable().describe("Until when it is left alone because of them"),
  oldSecretsUntil: time.nullable().describe("Until when secrets that were replaced sign as well"),
});

const delivery = z.strictObject({
  ...{ id: z.string(), event: z.string(), status: z.enum(DeliveryStatus), attempts: z.int() },
  ...{ createdAt: time, endedAt: time.nullable() },
});

const call = z.strictObject({
  ...{ attempt: z.int(), at: time, status: z.int().nullable(), detail: z.string(), durationMs: z.int() },
});
const deliveryInFull = delivery.extend({ body: z.unknown(), log: z.array(call) });

const READ = [401, 404, 422];
const WRITE = [400, 401, 404, 409, 413, 415, 422];

/** Where a user hears of orders: by webhook, and in the browser. */
export const PARTNER_OPERATIONS: Operation[] = [
  {
    method: "get",
    path: "/api/account/webhooks",
    summary: "One's webhooks",
    answers: {
      200: { description: "All of them", schema: z.strictObject({ items: z.array(webhook), nextCursor: z.null() }) },
    },
    problems: READ,
  },
  {
    method: "post",
    path: "/api/account/webhooks",
    summary:
      "Has events sent to an address, signed as Standard Webhooks are; managers hear of every order, others of theirs",
    body: newEndpointSchema,
    answers: {
      201: { description: "The secret is told this once", schema: webhook.extend({ secret: z.string() }) },
    },
    problems: WRITE,
  },
  {
    method: "get",
    path: "/api/account/webhooks/{id}",
    summary: "A webhook",
    answers: { 200: { description: "The webhook", schema: webhook } },
    problems: READ,
  },
  {
    method: "patch",
    path: "/api/account/webhooks/{id}",
    summary: "Changes what is named; switched on, it starts with a clean slate",
    body: endpointChangeSchema,
    answers: { 200: { description: "The webhook", schema: webhook } },
    problems: WRITE,
  },
  {
    method: "delete",
    path: "/api/account/webhooks/{id}",
    summary: "Ends a webhook, its deliveries with it",
    answers: { 200: { description: "It is gone", schema: z.strictObject({ id: z.string() }) } },
    problems: READ,
  },
  {
    method: "post",
    path: "/api/account/webhooks/{id}/rotate-secret",
    summary:
      "Gives a webhook a new secret; webhook-signature then holds a signature of each secret whose time is not over, parted by spaces",
    body: rotationSchema,
    answers: {
      200: { description: "The new secret is told this once", schema: webhook.extend({ secret: z.string() }) },
    },
    problems: WRITE,
  },
  {
    method: "get",
    path: "/api/account/webhooks/{id}/deliveries",
    summary: "What was sent, newest first",
    query: deliveryListSchema,
    answers: {
      200: {
        description: "A page of deliveries",
        schema: z.strictObject({ items: z.array(delivery), nextCursor: z.string().nullable() }),
      },
    },
    problems: READ,
  },
  {
    method: "get",
    path: "/api/account/webhooks/{id}/deliveries/{deliveryId}",
    summary: "A delivery with every call that was made",
    answers: { 200: { description: "The delivery", schema: deliveryInFull } },
    problems: READ,
  },
  {
    method: "post",
    path: "/api/account/webhooks/{id}/deliveries/{deliveryId}/redeliver",
    summary: "Sends a delivery that has ended once more, under the same id",
    answers: { 202: { description: "It is under way", schema: deliveryInFull } },
    problems: WRITE,
  },
  {
    method: "get",
    path: "/api/account/push-subscriptions",
    summary: "The key that a browser subscribes with, and which have",
    answers: {
      200: {
        description: "`publicKey` is null where push is not set up",
        schema: z.strictObject({
          publicKey: z.string().nullable(),
          items: z.array(z.strictObject({ id: z.string(), endpoint: z.url(), createdAt: time })),
        }),
      },
    },
    problems: READ,
  },
  {
    method: "post",
    path: "/api/account/push-subscriptions",
    summary: "Remembers a browser that wants to be told of parcels",
    body: subscriptionSchema,
    answers: { 201: { description: "Remembered", schema: z.strictObject({ id: z.string() }) } },
    problems: WRITE,
  },
  {
    method: "delete",
    path: "/api/account/push-subscriptions",
    summary: "Forgets a browser",
    body: unsubscribeSchema,
    answers: { 200: { description: "Forgotten", schema: z.strictObject({ endpoint: z.string() }) } },
    problems: WRITE,
  },
];
