import { allowOnly, json, route } from "@/app/http";
import { orderKey } from "@/app/order-token";
import { viewOrder } from "@/lib/orders/view-order";

export const GET = route<{ id: string }>(async (request, { id }) => json(await viewOrder(id, await orderKey(request))));

export const { POST, PUT, PATCH, DELETE, OPTIONS } = allowOnly("GET");
