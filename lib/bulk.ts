import { AppError, invalid } from "./errors";
import { log } from "./log";

/** The largest number of rows that one action changes. A request then ends in time. */
export const MAX_SELECTED = 100;

export interface BulkResult {
  /** The ids of the rows that the action has changed. */
  done: string[];
  /** The others, each with its reason. They are unchanged. */
  failed: { id: string; reason: string }[];
}

/**
 * Runs `work` for each selected row, one after the other. Each is a transaction of its own, so a row is done or unchanged, and the
 * failure of one does not stop the others.
 *
 * @throws AppError `validation_failed` (422) for no rows or too many
 */
export async function forEachSelected(ids: string[], work: (id: string) => Promise<unknown>): Promise<BulkResult> {
  const selected = [...new Set(ids)];
  if (selected.length === 0) throw invalid("Select at least one row.");
  if (selected.length > MAX_SELECTED) throw invalid(`Select at most ${MAX_SELECTED} rows.`);
  const result: BulkResult = { done: [], failed: [] };
  for (const id of selected) {
    try {
      await work(id);
      result.done.push(id);
    } catch (error) {
      // An error that nobody expected must not hide what was done before it.
      if (!(error instanceof AppError)) log.error({ error, id }, "a row of a bulk action failed");
      result.failed.push({ id, reason: error instanceof AppError ? reasonOf(error) : "An error occurred. Try again." });
    }
  }
  return result;
}

/** The message of an error, with the errors of its fields. */
const reasonOf = ({ message, errors }: AppError): string =>
  [message, ...errors.map(({ message }) => `(${message})`)].join(" ");
