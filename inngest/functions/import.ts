import { inngest } from "@/inngest/client";
import { dataImport, dataImportEnded } from "@/inngest/events";
import { applyRows } from "@/lib/imports/apply-rows";
import { checkFile } from "@/lib/imports/check-file";
import { fetchFile } from "@/lib/imports/fetch-file";
import { moveFailedImportToManualQueue } from "@/lib/imports/move-to-manual-queue";
import { notifyImportCreator } from "@/lib/imports/notify-import-creator";
import { type Progress, workOnImport } from "@/lib/imports/run-portion";

/**
 * Portions of work until a run ends: at half a minute each, an hour of them, waiting for other files included. One that needs
 * more goes on in a run of its own (`resume-work`).
 */
const MAX_PORTIONS = 120;

/** Takes in a CSV file: fetches it, checks it whole, then applies its rows. */
export const importData = inngest.createFunction(
  {
    id: "import-data",
    name: "Import a CSV file",
    description:
      "Fetches a file of products or stock, checks it, and takes its rows in; each part goes on where it stopped.",
    triggers: [dataImport],
    // A server that is down for a quarter of an hour delays the import; for longer, and a person is asked.
    retries: 6,
    concurrency: [
      // Each holds a megabyte or two and a connection; more at once would gain nothing in the database.
      { limit: 3 },
      // A run that was started again must not work on what the first one works on.
      { key: "event.data.importId", limit: 1 },
    ],
  },
  async ({ event, step }) => {
    const { importId } = event.data;
    const inPortions = async (name: string, work: Parameters<typeof workOnImport>[1]): Promise<Progress> => {
      for (let portion = 1; portion <= MAX_PORTIONS; portion++) {
        const progress = await step.run(`${name}-${portion}`, () => workOnImport(importId, work));
        if (progress === "waiting") await step.sleep(`wait-for-turn-${portion}`, "30s");
        else if (progress !== "more") return progress;
      }
      return "more";
    };

    try {
      let progress = await inPortions("fetch", fetchFile);
      if (progress === "complete") progress = await inPortions("check", checkFile);
      if (progress === "complete") progress = await inPortions("apply", applyRows);
      return { importId, status: progress };
    } catch (error) {
      // Every retry is used up. A person decides whether it goes on.
      const cause = error instanceof Error ? error.message : String(error);
      await step.run("hand-over", () => moveFailedImportToManualQueue(importId, cause));
      return { importId, status: "manual", cause };
    }
  },
);

/** An import has come to its end, or to where a person is needed: whoever began it is told. */
export const importEnded = inngest.createFunction(
  {
    id: "import-ended",
    name: "Tell how an import ended",
    description: "An email with what went in and which rows did not, or that the import waits in the manual queue.",
    triggers: [dataImportEnded],
    // An email provider that is down for two hours delays the email, and loses none.
    retries: 9,
  },
  async ({ event, step }) => {
    const { importId, status, at } = event.data;
    const emailId = await step.run("send-email", () => notifyImportCreator(importId, status, at));
    return emailId ? { importId, emailId } : { importId, because: "There is no such import, or it has gone on since." };
  },
);
