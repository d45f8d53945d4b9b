import { ago, MINUTE, now } from "../clock";
import { Prisma } from "../db";
import { batchSendEvents } from "../inngest";
import type { Sweep } from "../sweep";
import { importEvent } from "./create-import";

/** Longer than any step of an import takes. */
const MAX_IDLE_MS = 30 * MINUTE;

export const stalledImports: Sweep = {
  name: "stalled-imports",
  description: "Starts imports again whose run was lost.",
  intervalMs: 10 * MINUTE,
  limit: 500,
  find: (at) => Prisma.sql`
    SELECT id FROM imports WHERE status IN ('queued', 'fetching', 'checking', 'applying') AND progressed_at < ${ago(MAX_IDLE_MS, at)}`,
  async repairAll(ids) {
    // Distinguishes a later event from an earlier one. Each event is published at most once in ten minutes.
    const idSuffix = `:again:${Math.floor(now().getTime() / (10 * MINUTE))}`;
    await batchSendEvents(ids.map((id) => importEvent(id, idSuffix)));
    return ids.length;
  },
};
