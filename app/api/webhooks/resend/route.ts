import { z } from "zod";
import { endpoint, methodNotAllowed } from "@/app/endpoint";
import { readText } from "@/app/http";
import { receiptSchema } from "@/lib/webhook-inbox";
import { receiveResendEvent } from "@/lib/webhooks-in/resend-event";

export const POST = endpoint({
  summary: "Receives Resend's events, signed over the raw body",
  unparsed: {
    headers: z.object({ "svix-id": z.string(), "svix-timestamp": z.string(), "svix-signature": z.string() }),
    body: z.looseObject({}),
  },
  responses: { 200: { description: "Recorded, once", schema: receiptSchema } },
  problems: [400, 413],
  handler: async ({ request }) => ({
    received: true,
    receipt: await receiveResendEvent(await readText(request), request.headers),
  }),
});
export const { GET, PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ POST });
