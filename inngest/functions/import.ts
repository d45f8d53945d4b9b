import { eventType, inngest, RETRIES_FOR_TWO_HOURS } from "@/inngest/client";
import { ownEvent } from "@/inngest/event-origin";
import { messageOf } from "@/lib/errors";
import { applyRows } from "@/lib/imports/apply-rows";
import { checkFile } from "@/lib/imports/check-file";
import { fetchFile } from "@/lib/imports/fetch-file";
import { notifyImportCreator } from "@/lib/imports/import-email";
import { moveToManualQueue, type Progress, runPortion } from "@/lib/imports/lifecycle";

/**
 * Portions of work in a phase: at half a minute each, an hour, including the wait for other imports. A sweep resumes an import
 * that needs more in a new run.
 */
const MAX_PORTIONS = 120;

export const importData = inngest.createFunction(
  {
    id: "import-data",
    name: "Import a CSV file",
    description:
      "Fetches a file of products or stock, checks it, and applies its rows. Each phase continues where it stopped.",
    triggers: [ownEvent("data/import")],
    // If the file's server is down for a quarter of an hour, the import is delayed. After that an operator decides.
    retries: 6,
    concurrency: [
      // Each needs one or two megabytes and a connection. The database would not be faster with more.
      { limit: 3 },
      // A resumed run must not work at the same time as the first run.
      { key: "event.data.importId", limit: 1 },
    ],
  },
  async ({ event, step }) => {
    const { importId } = event.data;
    const runPhase = async (phase: string, work: Parameters<typeof runPortion>[1]): Promise<Progress> => {
      for (let portion = 1; portion <= MAX_PORTIONS; portion++) {
        const progress = await step.run(`${phase}-${portion}`, () => runPortion(importId, work));
        if (progress === "waiting") await step.sleep(`wait-for-other-import-${portion}`, "30s");
        else if (progress !== "more") return progress;
      }
      return "more";
    };

    try {
      let progress = await runPhase("fetch", fetchFile);
      if (progress === "complete") progress = await runPhase("check", checkFile);
      if (progress === "complete") progress = await runPhase("apply", applyRows);
      return { importId, status: progress };
    } catch (error) {
      // Every retry has failed.
      const message = messageOf(error);
      await step.run("move-to-manual-queue", () => moveToManualQueue(importId, { code: "gave_up", message }));
      return { importId, status: "manual", error: message };
    }
  },
);

export const importEnded = inngest.createFunction(
  {
    id: "import-ended",
    name: "Notify an import's creator",
    description: "Emails the counts and bad rows of an import, or that it waits in the manual queue.",
    triggers: [eventType("data/import-ended")],
    retries: RETRIES_FOR_TWO_HOURS,
  },
  async ({ event, step }) => {
    const { importId, status, at } = event.data;
    const emailId = await step.run("send-email", () => notifyImportCreator(importId, status, at));
    return emailId ? { importId, emailId } : { importId, skipped: "There is no such import, or it was resumed since." };
  },
);
