import { serve } from "inngest/next";
import { NextRequest } from "next/server";
import { problemResponse, readBytes } from "@/app/http";
import { inngest } from "@/inngest/client";
import { functions } from "@/inngest/functions";

/** In seconds: more than `maxRuntime` of the client (the checkpointed steps of a request) plus the longest single step. */
export const maxDuration = 120;

const handlers = serve({
  client: inngest,
  functions,
  // With a signing key, only Inngest may call this endpoint, also to register the functions.
  enableUnauthedSync: false,
});

/**
 * Inngest sends at most 4 MiB; of a larger run, the SDK fetches the state itself (consts.MaxSDKRequestBodySize of the server). The
 * rest is a reserve: the size before its encoding counts.
 */
const MAX_REQUEST_BYTES = 5 * 1024 * 1024;

/** Refuses a request that Inngest does not send before its body is parsed: the SDK parses it before it checks the signature. */
const guarded = (handler: typeof handlers.POST) => async (request: NextRequest, context: unknown) => {
  // The answer of the SDK.
  if (inngest.mode === "cloud" && !request.headers.has("x-inngest-signature"))
    return Response.json({ message: "Unauthorized" }, { status: 401 });
  // The SDK reads a body of known length at once. A server passes on no more bytes than the header states.
  if (Number(request.headers.get("content-length") ?? Number.NaN) <= MAX_REQUEST_BYTES)
    return handler(request, context);
  try {
    const body = await readBytes(request, MAX_REQUEST_BYTES);
    const { url, method, headers } = request;
    return await handler(new NextRequest(url, { method, headers, body }), context);
  } catch (error) {
    return problemResponse(error);
  }
};

export const { GET } = handlers;
export const POST = guarded(handlers.POST);
export const PUT = guarded(handlers.PUT);
