import { useEffect, useState } from "react";
import { groupsOf, type HitGroup } from "./search/groups";

/** How long the search waits for the next key. */
const DELAY_MS = 150;

interface Found {
  /** The text that was searched for. */
  q: string;
  groups: HitGroup[];
  /** The number of hits, for screen readers. */
  status: string;
  /** Why there are no results. */
  problem?: string;
}

const NOTHING: Found = { q: "", groups: [], status: "" };

/**
 * Searches the console for a text. The last results stay until the next ones arrive; `isCurrent` says whether they are for this
 * text.
 */
export function useSearch(q: string): Found & { isCurrent: boolean } {
  const [found, setFound] = useState<Found>(NOTHING);
  useEffect(() => {
    if (q === "") return setFound(NOTHING);
    const controller = new AbortController();
    const timer = setTimeout(async () => {
      try {
        setFound(await search(q, controller.signal));
      } catch {
        if (!controller.signal.aborted) setFound(failed(q, "The search has failed. Please check your connection."));
      }
    }, DELAY_MS);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [q]);
  return { ...found, isCurrent: found.q === q };
}

const failed = (q: string, problem: string): Found => ({ ...NOTHING, q, problem });

async function search(q: string, signal: AbortSignal): Promise<Found> {
  const response = await fetch(`/api/admin/search?q=${encodeURIComponent(q)}`, { signal });
  if (response.status === 401) return failed(q, "Your session has ended. Please sign in again.");
  if (!response.ok) return failed(q, "The search has failed. Please try again.");
  const groups = groupsOf(await response.json(), q);
  const count = groups.reduce((sum, { hits }) => sum + hits.length, 0);
  return { q, groups, status: count === 1 ? "1 result" : `${count === 0 ? "No" : count} results` };
}
