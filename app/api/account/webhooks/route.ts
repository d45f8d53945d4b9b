import { allowOnly, json, readJson, route } from "@/app/http";
import { requireRole } from "@/lib/auth/viewer";
import { createEndpoint, listEndpoints, newEndpointSchema } from "@/lib/webhooks-out/endpoints";

export const GET = route(async (request) => {
  const { id } = await requireRole(request.headers, "customer");
  return json(await listEndpoints(id));
});

export const POST = route(async (request) => {
  const { id } = await requireRole(request.headers, "customer");
  return json(await createEndpoint(id, await readJson(request, newEndpointSchema)), 201);
});

export const { PUT, PATCH, DELETE, OPTIONS } = allowOnly("GET", "POST");
