import { inngest } from "@/inngest/client";
import { userProfileUpdated, userRegistered } from "@/inngest/events";
import { indexUser as bringUpToDate } from "@/lib/search/index-user";

/** Keeps the search for customers up to date. */
export const indexUser = inngest.createFunction(
  {
    id: "index-user",
    name: "Index a user",
    description: "Takes what a user is now into the search, once somebody who edits a profile has come to rest.",
    triggers: [userProfileUpdated, userRegistered],
    // Five minutes after the last change; one who edits all day is indexed every hour nevertheless.
    debounce: { key: "event.data.userId", period: "5m", timeout: "1h" },
    // Behind them `resume-work` finds what was missed.
    retries: 4,
  },
  async ({ event, step }) => {
    const { userId } = event.data;
    const outcome = await step.run("update-index", () => bringUpToDate(userId));
    return { userId, outcome };
  },
);
