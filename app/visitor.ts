import { z } from "zod";
import type { ApiKey } from "@/lib/auth/api-keys";
import { currentUser, type Viewer } from "@/lib/auth/viewer";
import { type Client, identifyClient } from "@/lib/client-limits";
import { recordVisit } from "@/lib/onboarding/progress";
import type { OrderCredentials } from "@/lib/orders/view-order";

/** Returns the signed-in user, if any. A request without a cookie costs no query. */
const userOf = async (headers: Headers): Promise<Viewer | null> =>
  headers.has("cookie") ? currentUser(headers) : null;

/** Returns the signed-in user, if any, and records the visit. */
export async function trackSession(headers: Headers): Promise<Viewer | null> {
  const user = await userOf(headers);
  if (user) await recordVisit(user.id);
  return user;
}

export const tokenQuery = z.object({
  token: z
    .string()
    .optional()
    .describe("The order's token. It may be a bearer token instead. The signed-in owner of the order needs none."),
});
const bodySchema = z.object({ token: z.string() });

/**
 * Returns the credentials for an order: the owner of the API key, else its token (from the query, a bearer header, or a JSON body
 * `{token}`), else the signed-in user.
 */
export async function orderCredentials(
  { url, headers }: Request,
  { apiKey, body = "" }: { apiKey?: ApiKey; body?: string } = {},
): Promise<OrderCredentials> {
  if (apiKey) return { viewer: apiKey.owner };
  const token =
    new URL(url).searchParams.get("token") ??
    headers.get("authorization")?.match(/^Bearer (\S+)$/)?.[1] ??
    bodyToken(body);
  return token ? { token } : { viewer: await userOf(headers) };
}

function bodyToken(body: string): string | undefined {
  try {
    return bodySchema.parse(JSON.parse(body)).token;
  } catch {
    return undefined;
  }
}

/** Returns the client of a payment. The customers of a program share its address, so a program has the limit of its API key only. */
export const clientOf = async ({ headers }: Request, apiKey: ApiKey | undefined): Promise<Client> =>
  apiKey ? { solved: true } : identifyClient(headers);
