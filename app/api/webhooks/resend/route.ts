import { z } from "zod";
import { receipt } from "@/app/api-schemas";
import { endpoint, methodNotAllowed } from "@/app/endpoint";
import { readText } from "@/app/http";
import { receiveResendEvent } from "@/lib/webhooks-in/resend-event";

export const POST = endpoint({
  summary: "Receives Resend's events, signed over the raw body",
  unparsed: {
    headers: z.object({ "svix-id": z.string(), "svix-timestamp": z.string(), "svix-signature": z.string() }),
    body: z.looseObject({}),
  },
  responses: { 200: { description: "Recorded, once", schema: receipt } },
  problems: [400, 413],
  handler: async ({ request }) => ({
    received: true,
    receipt: await receiveResendEvent(await readText(request), request.headers),
  }),
});
export const { GET, PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ POST });
