import { serve } from "inngest/next";
import { inngest } from "@/inngest/client";
import { functions } from "@/inngest/functions";

/** In seconds: more than `maxRuntime` of the client (the checkpointed steps of a request) plus the longest single step. */
export const maxDuration = 120;

export const { GET, POST, PUT } = serve({
  client: inngest,
  functions,
  // With a signing key, only Inngest may call this endpoint, also to register the functions.
  enableUnauthedSync: false,
});
