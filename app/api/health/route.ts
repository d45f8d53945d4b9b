import { allowOnly, json, route } from "@/app/http";
import { checkHealth } from "@/lib/health/check-health";

export const GET = route(async () => {
  const health = await checkHealth();
  return json(health, health.status === "ok" ? 200 : 503);
});

export const { POST, PUT, PATCH, DELETE, OPTIONS } = allowOnly("GET");
