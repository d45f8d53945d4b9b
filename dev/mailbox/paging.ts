import { z } from "zod";
import { problem, type Reply } from "../stand-in/http";

const query = z.object({ limit: z.coerce.number().int().min(1).max(1000).default(100), cursor: z.string().optional() });

export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

/** A page of what `source` yields; the cursor is the id of the last item shown. */
export function paged<T extends { id: string }>(
  source: Iterable<T>,
  params: URLSearchParams,
): Page<T> | { refused: Reply } {
  const parsed = query.safeParse({
    limit: params.get("limit") ?? undefined,
    cursor: params.get("cursor") ?? undefined,
  });
  if (!parsed.success) return { refused: problem(422, "Invalid request", z.prettifyError(parsed.error)) };
  const { limit, cursor } = parsed.data;
  const items: T[] = [];
  let started = cursor === undefined;
  for (const item of source) {
    if (started && items.length === limit) return { items, nextCursor: items.at(-1)?.id ?? null };
    if (started) items.push(item);
    else started = item.id === cursor;
  }
  return { items, nextCursor: null };
}
