import { z } from "zod";
import { currentUser } from "@/lib/auth/viewer";
import type { OrderCredentials } from "@/lib/orders/order-access";

const bodySchema = z.object({ token: z.string() });

/**
 * By what a request asks for an order: its token (in the address, as a bearer, or in a JSON body `{token}`), else who is
 * signed in.
 */
export async function orderKey(request: Request, body = ""): Promise<OrderCredentials> {
  const token = orderToken(request, body);
  return token ? { token } : { viewer: request.headers.has("cookie") ? await currentUser(request.headers) : null };
}

function orderToken(request: Request, body: string): string | undefined {
  const query = new URL(request.url).searchParams.get("token");
  const bearer = request.headers.get("authorization")?.match(/^Bearer (\S+)$/)?.[1];
  return query ?? bearer ?? inBody(body);
}

function inBody(body: string): string | undefined {
  try {
    return bodySchema.parse(JSON.parse(body)).token;
  } catch {
    return undefined;
  }
}
