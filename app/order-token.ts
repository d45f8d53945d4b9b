import { z } from "zod";

const bodySchema = z.object({ token: z.string() });

/** The token of an order: in the address, as a bearer, or in a JSON body `{token}`. */
export function orderToken(request: Request, body = ""): string | undefined {
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
