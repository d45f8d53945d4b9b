import { z } from "zod";
import { endpoint, methodNotAllowed } from "@/app/endpoint";
import { subscribeConsole, subscriptionSchema } from "@/lib/realtime";
import { CONSOLE_TOPICS } from "@/lib/realtime-channels";

export const POST = endpoint({
  summary: "Makes a token that subscribes to the changes that the console shows",
  role: "manager",
  body: z.object({ topics: z.array(z.enum(CONSOLE_TOPICS)).min(1).max(CONSOLE_TOPICS.length) }),
  responses: { 200: { description: "The subscription", schema: subscriptionSchema } },
  problems: [503],
  handler: ({ body }) => subscribeConsole(body.topics),
});
export const { GET, PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ POST });
