import { z } from "zod";
import { endpoint, methodNotAllowed } from "@/app/endpoint";
import { checkHealth, type Health } from "@/lib/health/check-health";

const check = z.strictObject({ status: z.enum(["ok", "failing"]), detail: z.string().optional() });
const health = z.strictObject({
  status: z.enum(["ok", "failing"]),
  checks: z.strictObject({
    ...{ database: check, inngest: check, outbox: check, stripe: check, email: check },
    orders: check.describe("No order is open past its deadline; not part of `status`."),
    crons: check.describe("Every scheduled function has run on time; not part of `status`."),
    events: check.describe("Inngest has refused no event; not part of `status`."),
  }),
}) satisfies z.ZodType<Health>;

export const GET = endpoint({
  summary: "Returns the status of the services that an order needs",
  responses: {
    200: { description: "All vital services are available", schema: health },
    503: { description: "A vital service is not available; `checks` has the details", schema: health },
  },
  handler: async () => {
    const health = await checkHealth();
    return { status: health.status === "ok" ? 200 : 503, body: health };
  },
});
export const { POST, PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ GET });
