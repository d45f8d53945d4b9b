import { inngest } from "@/inngest/client";
import { ownEvent } from "@/inngest/event-origin";
import { messageOf } from "@/lib/errors";
import { failJob, finishJob, processChunk } from "@/lib/jobs/process-job";
import { indexUser as updateIndex } from "@/lib/search/index-user";

/** 400,000 orders, well below the engine's thousand steps a run. A sweep resumes a larger job in a new run. */
const MAX_CHUNKS = 800;

export const processData = inngest.createFunction(
  {
    id: "process-data",
    name: "Process data",
    description: "Reads the orders in chunks, sums each customer's spending by month, and stores value and cohorts.",
    triggers: [ownEvent("data/process")],
    // Only the database can fail.
    retries: 4,
    concurrency: [
      // Each chunk reads and writes hundreds of rows. More jobs at once would only compete with the orders.
      { limit: 2 },
      // The job is locked while a chunk is written, so two runs of one job would wait for each other.
      { key: "event.data.jobId", limit: 1 },
    ],
  },
  async ({ event, runId, step, logger }) => {
    const { jobId } = event.data;
    const context = { eventId: event.id, eventName: event.name, runId, jobId };
    try {
      for (let index = 1; index <= MAX_CHUNKS; index++) {
        const { skipped, more, processed } = await step.run(`process-chunk-${index}`, async () => {
          const { orderIds, ...chunk } = await processChunk(jobId);
          logger.info({ ...context, chunk: index, ...chunk, orderIds }, "counted orders");
          return chunk;
        });
        if (skipped) return { jobId, skipped };
        if (more) continue;
        const { cohorts } = await step.run("finish-job", async () => {
          const result = await finishJob(jobId);
          logger.info({ ...context, ...result, processed }, "finished the job");
          return result;
        });
        return { jobId, processed, cohorts };
      }
      return { jobId, continued: true };
    } catch (error) {
      const reason = messageOf(error);
      await step.run("fail-job", () => failJob(jobId, reason));
      throw error;
    }
  },
);

export const indexUser = inngest.createFunction(
  {
    id: "index-user",
    name: "Index a user",
    description: "Updates a user in the customer search, five minutes after the last change of the profile.",
    triggers: [ownEvent("user/profile-updated"), ownEvent("user/registered")],
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
