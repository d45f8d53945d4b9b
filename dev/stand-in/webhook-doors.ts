import { z } from "zod";
import { parseJson } from "./faults";
import { type Incoming, json, problem, type Reply } from "./http";
import { WEBHOOK_MODES, type WebhookQueue } from "./webhook-queue";

const control = z.strictObject({ mode: z.enum(WEBHOOK_MODES), delayMs: z.int().min(0).default(0) });
const flush = z.strictObject({ order: z.literal("reverse").optional(), duplicate: z.boolean().optional() });

/** `GET|POST /webhooks/control` and `POST /webhooks/flush`: make notifications late, twice, out of order, early or lost. */
export async function webhookDoors(queue: WebhookQueue, request: Incoming): Promise<Reply | undefined> {
  if (request.path === "/webhooks/control") {
    if (request.method === "POST") {
      const parsed = parseJson(control, request.body);
      if (!parsed.ok) return parsed.reply;
      queue.mode = parsed.value.mode;
      queue.delayMs = parsed.value.delayMs;
    } else if (request.method !== "GET") return problem(405, "Method not allowed");
    return json(200, {
      mode: queue.mode,
      delayMs: queue.delayMs,
      held: queue.held().length,
      pending: queue.pending(),
    });
  }
  if (request.path === "/webhooks/flush" && request.method === "POST") {
    const parsed = parseJson(flush, request.body);
    return parsed.ok ? json(200, await queue.flush(parsed.value)) : parsed.reply;
  }
  return undefined;
}
