import { allowOnly, json, readText, route } from "@/app/http";
import { receiveResendEvent } from "@/lib/webhooks-in/resend-event";

export const POST = route(async (request) => {
  const receipt = await receiveResendEvent(await readText(request), request.headers);
  return json({ received: true, receipt });
});

export const { GET, PUT, PATCH, DELETE, OPTIONS } = allowOnly("POST");
