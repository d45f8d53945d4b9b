import { chunkEvent, planningEvent } from "../broadcasts/plan-page";
import { MINUTE, now } from "../clock";
import { transaction } from "../db";
import type { OutgoingEvent } from "../events";
import { importEvent } from "../imports/create-import";
import { jobEvent } from "../jobs/create-job";
import { announce, enqueue } from "../outbox";
import { findStalled } from "./find-stalled";

/**
 * Sets stalled work going again. Should the first run be alive after all, two work at it, which changes nothing: each piece
 * is taken under a lock or a key. Returns how many events that were.
 */
export async function resumeStalled(): Promise<number> {
  const { unplanned, chunks, imports, jobs } = await findStalled();
  const again = `:again:${Math.floor(now().getTime() / (10 * MINUTE))}`;
  const events: OutgoingEvent[] = [
    ...unplanned.map(({ id, cursor }) => planningEvent(id, cursor, again)),
    ...chunks.map(({ broadcastId, chunk }) => chunkEvent(broadcastId, chunk, again)),
    ...imports.map((id) => importEvent(id, again)),
    ...jobs.map((id) => jobEvent(id, again)),
  ];
  await transaction((tx) => enqueue(tx, events));
  await announce(events);
  return events.length;
}
