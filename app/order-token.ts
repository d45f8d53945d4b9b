import { z } from "zod";
import { currentUser } from "@/lib/auth/viewer";
import type { OrderCredentials } from "@/lib/orders/view-order";

const bodySchema = z.object({ token: z.string() });

/**
 * Returns the credentials for an order: its token (from the query, a bearer header, or a JSON body `{token}`), else the
 * signed-in user.
 */
export async function orderCredentials(request: Request, body = ""): Promise<OrderCredentials> {
  const token =
    new URL(request.url).searchParams.get("token") ??
    request.headers.get("authorization")?.match(/^Bearer (\S+)$/)?.[1] ??
    bodyToken(body);
  return token ? { token } : { viewer: request.headers.has("cookie") ? await currentUser(request.headers) : null };
}

function bodyToken(body: string): string | undefined {
  try {
    return bodySchema.parse(JSON.parse(body)).token;
  } catch {
    return undefined;
  }
}
