import type { Core } from "./core";
import { keyOf } from "./expression";
import type { Debounce, Fn, StoredEvent } from "./model";
import { start } from "./schedule";

/**
 * Puts the function off until no event has come for its period, then runs it with the last one, at the latest at the
 * timeout counted from the first. An event with an older `ts` than the stored one changes nothing
 * (server: pkg/execution/debounce, updateDebounce.lua).
 */
export function debounce(core: Core, fn: Fn, event: StoredEvent): void {
  if (!fn.debounce) return;
  const { period, timeout, key } = fn.debounce;
  const now = core.clock.now();
  const id = `${fn.id}:${key === undefined ? "" : keyOf(key, event.payload)}`;
  const open = core.state.debounces.get(id);
  const latest = open && core.state.events.get(open.eventId);
  if (latest && latest.payload.ts > event.payload.ts) return;
  const deadline = open ? open.deadline : timeout === undefined ? undefined : now + timeout;
  const item: Debounce = {
    id,
    fn: fn.id,
    eventId: event.id,
    at: Math.min(now + period, deadline ?? Number.POSITIVE_INFINITY),
    deadline,
  };
  core.state.debounces.put(id, item);
  armDebounce(core, item);
}

/** Sets the timer that runs the function; also after a restart. */
export function armDebounce(core: Core, item: Debounce): void {
  core.timers.set(`debounce:${item.id}`, item.at, () => {
    core.state.debounces.delete(item.id);
    const fn = core.state.fns.get(item.fn);
    const event = core.state.events.get(item.eventId);
    if (fn && !fn.removed && event) start(core, fn, [event], { key: `debounce ${event.id}` });
  });
}
