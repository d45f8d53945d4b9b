"use client";

import { useSearchParams } from "next/navigation";
import type { PropsWithChildren } from "react";
import { ButtonLink } from "./button";
import { Link } from "./link";

/** Returns a function for the address of this page with some parameters changed. The others, such as filters, stay. */
function useAddress() {
  const parameters = Object.fromEntries(useSearchParams());
  return (change: Record<string, string | undefined>) => ({
    // An empty parameter is a field of a filter that was left empty.
    query: Object.fromEntries(Object.entries({ ...parameters, ...change }).filter(([, value]) => value)),
  });
}

/** Links to the next page of a list and back to the first one. */
export function Pager({ nextCursor }: { nextCursor: string | null }) {
  const isFirst = !useSearchParams().has("cursor");
  const address = useAddress();
  if (!nextCursor && isFirst) return null;
  return (
    <nav aria-label="Pages" className="mt-6 flex flex-wrap gap-3">
      {isFirst ? null : (
        <ButtonLink href={address({ cursor: undefined })} kind="quiet">
          First page
        </ButtonLink>
      )}
      {nextCursor ? (
        <ButtonLink href={address({ cursor: nextCursor })} kind="quiet">
          Next
        </ButtonLink>
      ) : null}
    </nav>
  );
}

/** A page of a list with numbers: `size` rows of `total`. `more`: there are more rows than were counted. */
interface Position {
  page: number;
  size: number;
  total: number;
  more: boolean;
}

/** The position of a page among all rows, "1–25 of 312", with links to the previous and the next page. */
export function NumberedPager({ page, size, total, more }: Position) {
  const address = useAddress();
  const first = (page - 1) * size + 1;
  const last = Math.min(page * size, total);
  if (first > last) return null;
  const pageLink = (to: number, label: string) => (
    <ButtonLink href={address({ page: to > 1 ? String(to) : undefined })} kind="quiet">
      {label}
    </ButtonLink>
  );
  const count = (value: number) => value.toLocaleString("en");
  return (
    <nav aria-label="Pages" className="flex flex-wrap items-center gap-3">
      <p className="text-muted text-sm tabular-nums">
        {count(first)}–{count(last)} of {more ? "more than " : ""}
        {count(total)}
      </p>
      {page > 1 ? pageLink(page - 1, "Previous") : null}
      {last < total ? pageLink(page + 1, "Next") : null}
    </nav>
  );
}

/** How the heading of a column sorts a table. */
export interface ColumnSort {
  /** The order of the table by this column, if it is sorted by it. */
  current?: "ascending" | "descending";
  /** The value of the parameter `sort` that the link sets. */
  next: string;
}

/** The heading of a column as a link that sorts the table, from its first page. */
export function SortLink({ current, next, children }: PropsWithChildren<ColumnSort>) {
  const address = useAddress();
  return (
    <Link
      className="inline-flex min-h-6 items-center gap-1 underline-offset-4 hover:underline"
      href={address({ sort: next, page: undefined })}
    >
      {children}
      <span aria-hidden="true">{current ? (current === "ascending" ? "↑" : "↓") : "↕"}</span>
    </Link>
  );
}
