import type { Core } from "./core";
import { holds, keyOf } from "./expression";
import type { Batch, EventPayload, Fn, StoredEvent } from "./model";
import { once, start } from "./schedule";

/** Whether the event is collected; one that fails the batch's `if` runs alone at once. */
export function isBatched(fn: Fn, event: EventPayload): boolean {
  if (!fn.batch) return false;
  return fn.batch.if === undefined || holds(fn.batch.if, { event });
}

/**
 * Adds the event to the open batch of its key; the first event starts the timeout, the last one that fits starts the
 * run (server: pkg/execution/batch).
 */
export function addToBatch(core: Core, fn: Fn, event: StoredEvent): void {
  // Only a repeated request is known again here, by its seed: an event's own id does not keep it out of a batch.
  if (!fn.batch || !once(core, fn, `batch ${event.id}`)) return;
  const key = `${fn.id}:${fn.batch.key === undefined ? "" : keyOf(fn.batch.key, event.payload)}`;
  let batch = core.state.batches.get(key);
  if (!batch) {
    batch = { id: core.newId(), fn: fn.id, key, eventIds: [], at: core.clock.now() + fn.batch.timeout };
    armBatch(core, batch);
  }
  batch.eventIds.push(event.id);
  core.state.batches.put(key, batch);
  if (batch.eventIds.length >= fn.batch.maxSize) run(core, batch);
}

/** Sets the batch's timeout; also after a restart. */
export function armBatch(core: Core, batch: Batch): void {
  core.timers.set(`batch:${batch.key}`, batch.at, () => run(core, batch));
}

function run(core: Core, batch: Batch): void {
  core.timers.clear(`batch:${batch.key}`);
  core.state.batches.delete(batch.key);
  const fn = core.state.fns.get(batch.fn);
  const events = batch.eventIds.flatMap((id) => core.state.events.get(id) ?? []);
  if (fn && !fn.removed && events.length > 0) start(core, fn, events, { key: batch.id, batchId: batch.id });
}
