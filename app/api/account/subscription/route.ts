import { allowOnly, json, readJson, route } from "@/app/http";
import { requireRole } from "@/lib/auth/viewer";
import { cancelSubscription } from "@/lib/billing/cancel-subscription";
import { changeCard } from "@/lib/billing/change-card";
import { changeCardSchema, subscribeSchema } from "@/lib/billing/request";
import { subscribe } from "@/lib/billing/subscribe";
import { viewSubscription } from "@/lib/billing/view-subscription";

export const GET = route(async (request) => {
  const { id } = await requireRole(request.headers, "customer");
  return json({ subscription: await viewSubscription(id) });
});

export const POST = route(async (request) => {
  const { id } = await requireRole(request.headers, "customer");
  return json({ subscription: await subscribe(id, await readJson(request, subscribeSchema)) }, 201);
});

export const PATCH = route(async (request) => {
  const { id } = await requireRole(request.headers, "customer");
  const { paymentMethod } = await readJson(request, changeCardSchema);
  return json({ subscription: await changeCard(id, paymentMethod) });
});

export const DELETE = route(async (request) => {
  const { id } = await requireRole(request.headers, "customer");
  return json({ subscription: await cancelSubscription(id) });
});

export const { PUT, OPTIONS } = allowOnly("GET", "POST", "PATCH", "DELETE");
