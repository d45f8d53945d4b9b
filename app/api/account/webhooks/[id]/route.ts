import { allowOnly, json, readJson, route } from "@/app/http";
import { requireRole } from "@/lib/auth/viewer";
import { changeEndpoint, deleteEndpoint, endpointChangeSchema, getEndpoint } from "@/lib/webhooks-out/endpoints";

export const GET = route<{ id: string }>(async (request, { id }) => {
  const user = await requireRole(request.headers, "customer");
  return json(await getEndpoint(user.id, id));
});

export const PATCH = route<{ id: string }>(async (request, { id }) => {
  const user = await requireRole(request.headers, "customer");
  return json(await changeEndpoint(user.id, id, await readJson(request, endpointChangeSchema)));
});

export const DELETE = route<{ id: string }>(async (request, { id }) => {
  const user = await requireRole(request.headers, "customer");
  await deleteEndpoint(user.id, id);
  return json({ id });
});

export const { POST, PUT, OPTIONS } = allowOnly("GET", "PATCH", "DELETE");
