import { revalidatePath } from "next/cache";
import type { BulkState } from "@/app/ui/bulk-form";
import type { BulkResult } from "@/lib/bulk";

interface Names {
  /** What the rows are, such as `["order", "orders"]`. */
  noun: [one: string, many: string];
  /** What was done, such as `shipped`. */
  done: string;
  /** The page of the list, and the start of the page of each row. */
  path: string;
  labelOf: (id: string) => string;
}

/** Revalidates the list. Returns the state of its form after an action: what was done, and each row that was not, with its reason. */
export function bulkState({ done, failed }: BulkResult, { noun, done: verb, path, labelOf }: Names): BulkState {
  revalidatePath(path);
  const all = done.length + failed.length;
  const nounOf = (count: number) => noun[count === 1 ? 0 : 1];
  return {
    good: done.length > 0,
    stays: failed.length > 0,
    message:
      failed.length === 0
        ? `${all} ${nounOf(all)} ${verb}.`
        : `${done.length} of ${all} ${nounOf(all)} ${verb}. ${failed.length} could not be changed:`,
    failed: failed.map(({ id, reason }) => ({ id, label: labelOf(id), href: `${path}/${id}`, reason })),
  };
}
