import { eventType, inngest } from "@/inngest/client";
import { indexUser as updateIndex } from "@/lib/search/index-user";

export const indexUser = inngest.createFunction(
  {
    id: "index-user",
    name: "Index a user",
    description: "Updates a user in the customer search, five minutes after the last change of the profile.",
    triggers: [eventType("user/profile-updated"), eventType("user/registered")],
    // Waits for five minutes without a change, but at most an hour.
    debounce: { key: "event.data.userId", period: "5m", timeout: "1h" },
    // The sweep `unindexed-users` repairs a run that has used up its retries.
    retries: 4,
  },
  async ({ event, step }) => {
    const { userId } = event.data;
    const outcome = await step.run("update-index", () => updateIndex(userId));
    return { userId, outcome };
  },
);
