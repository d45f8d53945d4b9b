import { allowOnly, json, route } from "@/app/http";
import { listPlans } from "@/lib/billing/plans";

export const GET = route(async () => json(await listPlans()));

export const { POST, PUT, PATCH, DELETE, OPTIONS } = allowOnly("GET");
