"use client";

import { useSearchParams } from "next/navigation";
import { ButtonLink } from "./button";

/** Links to the next page of a list and back to the first one. They keep the filters in the address of the page. */
export function Pager({ nextCursor }: { nextCursor: string | null }) {
  const { cursor, ...filters } = Object.fromEntries(useSearchParams());
  if (!nextCursor && !cursor) return null;
  return (
    <nav aria-label="Pages" className="mt-6 flex flex-wrap gap-3">
      {cursor ? (
        <ButtonLink href={{ query: filters }} kind="quiet">
          First page
        </ButtonLink>
      ) : null}
      {nextCursor ? (
        <ButtonLink href={{ query: { ...filters, cursor: nextCursor } }} kind="quiet">
          Next
        </ButtonLink>
      ) : null}
    </nav>
  );
}
