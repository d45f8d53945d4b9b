import { z } from "zod";
import { endpoint, methodNotAllowed } from "@/app/endpoint";
import { readText } from "@/app/http";
import { receiptSchema } from "@/lib/webhook-inbox";
import { receiveStripeEvent } from "@/lib/webhooks-in/stripe-event";

export const POST = endpoint({
  summary: "Receives Stripe's events, signed over the raw body",
  unparsed: { headers: z.object({ "Stripe-Signature": z.string() }), body: z.looseObject({}) },
  responses: { 200: { description: "Recorded, once", schema: receiptSchema } },
  problems: [400, 413],
  handler: async ({ request }) => ({
    received: true,
    receipt: await receiveStripeEvent(await readText(request), request.headers.get("stripe-signature")),
  }),
});
export const { GET, PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ POST });
