import { json, route } from "@/app/http";
import { listPlans } from "@/lib/billing/plans";

export const GET = route(async () => json(await listPlans()));
