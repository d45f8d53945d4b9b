import { allowOnly, json, readJson, route } from "@/app/http";
import { requireRole } from "@/lib/auth/viewer";
import { rotateSecret, rotationSchema } from "@/lib/webhooks-out/rotate-secret";

export const POST = route<{ id: string }>(async (request, { id }) => {
  const user = await requireRole(request.headers, "customer");
  return json(await rotateSecret(user.id, id, await readJson(request, rotationSchema)));
});

export const { GET, PUT, PATCH, DELETE, OPTIONS } = allowOnly("POST");
