import { inngest } from "@/inngest/client";
import { dataProcess } from "@/inngest/events";
import { failJob, finishJob } from "@/lib/jobs/finish-job";
import { processChunk } from "@/lib/jobs/process-chunk";

/** Well below the engine's thousand steps a run: 400,000 orders. What is left goes on in a run that `resume-work` starts. */
const MAX_CHUNKS = 800;

/** Goes through the orders in chunks and draws the conclusion: what customers are worth, and which come back. */
export const processData = inngest.createFunction(
  {
    id: "process-data",
    name: "Process data",
    description:
      "Extracts the orders in chunks, adds up what each customer spent in each month, and stores value and cohorts.",
    triggers: [dataProcess],
    // Nothing but the database can fail.
    retries: 4,
    concurrency: [
      // Each chunk reads and writes some hundred rows; more jobs at once would only compete with the orders.
      { limit: 2 },
      // The job is locked while a chunk is written: two runs of one job would wait for each other.
      { key: "event.data.jobId", limit: 1 },
    ],
  },
  async ({ event, runId, step, logger }) => {
    const { jobId } = event.data;
    const context = { eventId: event.id, eventName: event.name, runId, jobId };
    try {
      for (let index = 1; index <= MAX_CHUNKS; index++) {
        const chunk = await step.run(`process-chunk-${index}`, async () => {
          const done = await processChunk(jobId);
          logger.info({ ...context, chunk: index, ...done }, "took orders in");
          return { ...done, orderIds: undefined };
        });
        if (chunk.skipped) return { jobId, skipped: chunk.skipped };
        if (chunk.more) continue;
        const { cohorts } = await step.run("finish", async () => {
          const done = await finishJob(jobId);
          logger.info({ ...context, ...done, processed: chunk.processed }, "the job is done");
          return done;
        });
        return { jobId, processed: chunk.processed, cohorts };
      }
      return { jobId, unfinished: true };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      await step.run("fail", () => failJob(jobId, reason));
      throw error;
    }
  },
);
