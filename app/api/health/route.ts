import { endpoint, methodNotAllowed } from "@/app/endpoint";
import { checkHealth, healthSchema } from "@/lib/health/check-health";

export const GET = endpoint({
  summary: "Returns the status of the services that an order needs",
  responses: {
    200: { description: "All vital services are available", schema: healthSchema },
    503: { description: "A vital service is not available; `checks` has the details", schema: healthSchema },
  },
  handler: async () => {
    const health = await checkHealth();
    return { status: health.status === "ok" ? 200 : 503, body: health };
  },
});
export const { POST, PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ GET });
