import { z } from "zod";
import { productQuerySchema } from "@/lib/catalogue/products";
import { checkoutSchema } from "@/lib/checkout/request";
import { idempotencyKeySchema } from "@/lib/idempotency";
import { payAgainSchema } from "@/lib/payments/payment-method";
import { ACCOUNT_OPERATIONS } from "./account-operations";
import { health, order, placedOrder, product, productList, receipt } from "./answers";
import { BULK_OPERATIONS } from "./bulk-operations";
import { COUPON_OPERATIONS } from "./coupon-operations";
import { MONEY_OPERATIONS } from "./money-operations";
import type { Operation } from "./operation";
import { ORDER_OPERATIONS } from "./order-operations";
import { PARTNER_OPERATIONS } from "./partner-operations";
import { STORE_OPERATIONS } from "./store-operations";

const token = z.object({
  token: z
    .string()
    .optional()
    .describe(
      "The order's token; a bearer token serves as well, and whoever is signed in needs none for an order of theirs.",
    ),
});

export const OPERATIONS: Operation[] = [
  {
    method: "get",
    path: "/api/products",
    summary: "What is on sale, by name",
    query: productQuerySchema,
    answers: { 200: { description: "A page of products", schema: productList } },
    problems: [422],
  },
  {
    method: "get",
    path: "/api/products/{id}",
    summary: "One product",
    answers: { 200: { description: "The product", schema: product } },
    problems: [404],
  },
  {
    method: "post",
    path: "/api/checkout",
    summary: "Places an order; the same key and body again get the same answer",
    headers: z.object({ "Idempotency-Key": idempotencyKeySchema.optional() }),
    body: checkoutSchema,
    answers: {
      201: { description: "The order is placed", schema: placedOrder },
      200: { description: "It was placed before, under this Idempotency-Key", schema: placedOrder },
    },
    problems: [400, 409, 413, 415, 422, 429],
  },
  {
    method: "get",
    path: "/api/orders/{id}",
    summary: "An order as its customer sees it",
    query: token,
    answers: { 200: { description: "The order", schema: order } },
    problems: [401, 404],
  },
  {
    method: "post",
    path: "/api/orders/{id}/cancel",
    summary: "Cancels an order that has not shipped; cancelling twice is cancelling once",
    query: token,
    answers: { 202: { description: "It is cancelled; what was paid is on its way back", schema: order } },
    problems: [401, 404, 409],
  },
  {
    method: "post",
    path: "/api/orders/{id}/pay",
    summary: "Pays a failed order with another card",
    query: token,
    body: payAgainSchema,
    answers: { 202: { description: "Another attempt is under way", schema: order } },
    problems: [400, 401, 404, 409, 415, 422],
  },
  {
    method: "post",
    path: "/api/webhooks/stripe",
    summary: "Takes in Stripe's events, signed over the raw body",
    headers: z.object({ "Stripe-Signature": z.string() }),
    body: z.looseObject({}),
    answers: { 200: { description: "Recorded, once", schema: receipt } },
    problems: [400, 413],
  },
  {
    method: "post",
    path: "/api/webhooks/resend",
    summary: "Takes in Resend's events, signed over the raw body",
    headers: z.object({ "svix-id": z.string(), "svix-timestamp": z.string(), "svix-signature": z.string() }),
    body: z.looseObject({}),
    answers: { 200: { description: "Recorded, once", schema: receipt } },
    problems: [400, 413],
  },
  ...ORDER_OPERATIONS,
  ...STORE_OPERATIONS,
  ...PARTNER_OPERATIONS,
  ...BULK_OPERATIONS,
  ...COUPON_OPERATIONS,
  ...ACCOUNT_OPERATIONS,
  ...MONEY_OPERATIONS,
  {
    method: "get",
    path: "/api/health",
    summary: "Whether everything an order needs can be reached",
    answers: {
      200: { description: "All is well", schema: health },
      503: { description: "Something is not; `checks` tells what", schema: health },
    },
    problems: [],
  },
  {
    method: "get",
    path: "/api/openapi.json",
    summary: "This document",
    answers: { 200: { description: "OpenAPI 3.1", schema: z.looseObject({}) } },
    problems: [],
  },
];
