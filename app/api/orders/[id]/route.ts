import { json, route } from "@/app/http";
import { viewOrder } from "@/lib/orders/view-order";

export const GET = route<{ id: string }>(async (request, { id }) => {
  const token = new URL(request.url).searchParams.get("token") ?? undefined;
  return json(await viewOrder(id, token));
});
