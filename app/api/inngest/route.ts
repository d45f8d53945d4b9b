import { serve } from "inngest/next";
import { inngest } from "@/inngest/client";
import { functions } from "@/inngest/functions";

/** Longer than a request's checkpointed steps may take (`maxRuntime` of the client) plus the longest single step. */
export const maxDuration = 120;

export const { GET, POST, PUT } = serve({
  client: inngest,
  functions,
  // With a signing key in place nobody but Inngest has business here, registering included.
  enableUnauthedSync: false,
});
