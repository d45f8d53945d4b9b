import { allowOnly, json, readText, route } from "@/app/http";
import { receiveStripeEvent } from "@/lib/webhooks-in/stripe-event";

export const POST = route(async (request) => {
  const receipt = await receiveStripeEvent(await readText(request), request.headers.get("stripe-signature"));
  return json({ received: true, receipt });
});

export const { GET, PUT, PATCH, DELETE, OPTIONS } = allowOnly("POST");
