import { revalidatePath } from "next/cache";
import { type BulkState, type Changed, changedState } from "@/app/ui/bulk-state";
import type { BulkResult } from "@/lib/bulk";

interface Names extends Changed {
  /** The page of the list, and the start of the page of each row. */
  path: string;
  labelOf: (id: string) => string;
}

/** Revalidates the list. Returns the state of its form after an action: what was done, and each row that was not, with its reason. */
export function bulkState({ done, failed }: BulkResult, { noun, verb, path, labelOf }: Names): BulkState {
  revalidatePath(path);
  return changedState(
    { noun, verb },
    done.length,
    failed.map(({ id, reason }) => ({ id, label: labelOf(id), href: `${path}/${id}`, reason })),
  );
}
