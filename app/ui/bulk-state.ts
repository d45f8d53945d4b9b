import type { FormState } from "./form-state";

/** What an action does to rows. */
export interface Changed {
  /** What the rows are, such as `["order", "orders"]`. */
  noun: [one: string, many: string];
  /** What was done to them, such as `shipped`. */
  verb: string;
}

interface FailedRow {
  id: string;
  label: string;
  href: string;
  reason: string;
}

export interface BulkState extends FormState {
  /** What the action did, and to how many rows. Missing if it was refused as a whole. */
  changed?: Changed & { count: number };
  /** The rows that could not be changed. They stay selected. */
  failed?: FailedRow[];
  /** The rows that were not tried, because the action was refused amid them. They stay selected, too. */
  left?: string[];
}

/** Returns the state of a form after an action on several rows. */
export function changedState({ noun, verb }: Changed, count: number, failed: FailedRow[]): BulkState {
  const all = count + failed.length;
  const rows = noun[all === 1 ? 0 : 1];
  return {
    good: count > 0,
    stays: failed.length > 0,
    message:
      failed.length === 0
        ? `${all} ${rows} ${verb}.`
        : `${count} of ${all} ${rows} ${verb}. ${failed.length} could not be changed:`,
    changed: { noun, verb, count },
    failed,
  };
}

/** Returns the state after the first rows, and then one of the next rows. `left` are the rows of `next` and after them. */
export function mergeStates(first: BulkState, next: BulkState, left: string[]): BulkState {
  const { changed, failed = [] } = first;
  if (!changed) return first;
  if (next.changed)
    return changedState(changed, changed.count + next.changed.count, [...failed, ...(next.failed ?? [])]);
  const all = changed.count + failed.length + left.length;
  const rows = changed.noun[all === 1 ? 0 : 1];
  const message = `${changed.count} of ${all} ${rows} ${changed.verb}. ${next.message}`;
  return { ...next, good: true, stays: true, message, failed, left };
}
