import { allowOnly, json, readJson, route } from "@/app/http";
import { requireRole } from "@/lib/auth/viewer";
import {
  listSubscriptions,
  subscribe,
  subscriptionSchema,
  unsubscribe,
  unsubscribeSchema,
} from "@/lib/messaging/push-subscriptions";

export const GET = route(async (request) => {
  const { id } = await requireRole(request.headers, "customer");
  return json(await listSubscriptions(id));
});

export const POST = route(async (request) => {
  const { id } = await requireRole(request.headers, "customer");
  return json(await subscribe(id, await readJson(request, subscriptionSchema)), 201);
});

export const DELETE = route(async (request) => {
  const { id } = await requireRole(request.headers, "customer");
  const { endpoint } = await readJson(request, unsubscribeSchema);
  await unsubscribe(id, endpoint);
  return json({ endpoint });
});

export const { PUT, PATCH, OPTIONS } = allowOnly("GET", "POST", "DELETE");
