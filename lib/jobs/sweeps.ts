import { ago, MINUTE } from "../clock";
import { Prisma } from "../db";
import { batchSendEvents } from "../inngest";
import { againSuffix, type Sweep } from "../sweep";
import { jobEvent } from "./jobs";

/** Longer than any step of a job takes. */
const MAX_IDLE_MS = 30 * MINUTE;

export const stalledJobs: Sweep = {
  name: "stalled-jobs",
  description: "Starts jobs again whose run was lost.",
  intervalMs: 10 * MINUTE,
  limit: 500,
  find: (at) => Prisma.sql`
    SELECT id FROM jobs WHERE status IN ('queued', 'running') AND progressed_at < ${ago(MAX_IDLE_MS, at)}`,
  async repairAll(ids) {
    await batchSendEvents(ids.map((id) => jobEvent(id, againSuffix())));
    return ids.length;
  },
};
