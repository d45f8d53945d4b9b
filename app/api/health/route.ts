import { endpoint, methodNotAllowed } from "@/app/endpoint";
import { currentUser, hasRole } from "@/lib/auth/viewer";
import { checkHealth, healthSchema, withoutDetails } from "@/lib/health/check-health";

export const GET = endpoint({
  summary: "Returns whether orders can be placed, and the status of each part",
  responses: {
    200: { description: "Orders can be placed. A part that they can wait for may be failing", schema: healthSchema },
    503: { description: "No order can be placed", schema: healthSchema },
  },
  handler: async ({ request }) => {
    const health = await checkHealth();
    const body = (await isOperator(request.headers)) ? health : withoutDetails(health);
    return { status: health.status === "ok" ? 200 : 503, body };
  },
});

/** Sessions are in the database, which may be what fails. */
const isOperator = async (headers: Headers): Promise<boolean> =>
  headers.has("cookie") &&
  currentUser(headers).then(
    (user) => user !== null && hasRole(user, "manager"),
    () => false,
  );

export const { POST, PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ GET });
