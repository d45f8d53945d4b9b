"use client";

import { useSearchParams } from "next/navigation";
import type { PropsWithChildren } from "react";
import type { Total } from "@/lib/pagination";
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

/** The rows of a page among all, "26–50 of 312", if they are known, with the links to other pages. */
function Pages({ rows, children }: PropsWithChildren<{ rows?: Rows }>) {
  const count = (value: number) => value.toLocaleString("en");
  return (
    <nav aria-label="Pages" className="mt-2 flex flex-wrap items-center gap-3">
      {rows ? (
        <p className="text-muted text-sm tabular-nums">
          {count(rows.first)}–{count(rows.last)} of {rows.more ? "more than " : ""}
          {count(rows.total)}
        </p>
      ) : null}
      {children}
    </nav>
  );
}

interface Rows extends Total {
  first: number;
  last: number;
}

/** The first row of a page with a cursor, which the link to it names. */
const FIRST_ROW = "row";
/** The pages between the first one and this one, each as its first row and its cursor: `26.W1…,51.W1…`. */
const BACK = "back";
const MAX_BACK = 20;

/**
 * The position of a page that has `shown` rows, with links to the next page, the previous one and the first one. An address with a
 * cursor only does not tell the position, nor the pages before it.
 */
export function Pager({ nextCursor, shown, rows }: { nextCursor: string | null; shown: number; rows: Total }) {
  const parameters = useSearchParams();
  const address = useAddress();
  const isFirst = !parameters.has("cursor");
  const first = isFirst ? 1 : Number(/^[1-9]\d{0,8}$/.exec(parameters.get(FIRST_ROW) ?? "")?.[0]);
  const last = first + shown - 1;
  if (shown === 0 && isFirst) return null;
  const isKnown = first <= last;
  const back = parameters.get(BACK)?.split(",").filter(Boolean) ?? [];
  const [row, previous] = back.at(-1)?.split(".") ?? [];
  const here = isFirst ? [] : [`${isKnown ? first : ""}.${parameters.get("cursor")}`];
  return (
    <Pages rows={isKnown ? { first, last, ...rows } : undefined}>
      {isFirst ? null : (
        <ButtonLink href={address({ cursor: undefined, [FIRST_ROW]: undefined, [BACK]: undefined })} kind="quiet">
          First page
        </ButtonLink>
      )}
      {previous ? (
        <ButtonLink
          href={address({ cursor: previous, [FIRST_ROW]: row, [BACK]: back.slice(0, -1).join(",") })}
          kind="quiet"
        >
          Previous
        </ButtonLink>
      ) : null}
      {nextCursor ? (
        <ButtonLink
          href={address({
            cursor: nextCursor,
            [FIRST_ROW]: isKnown ? String(last + 1) : undefined,
            [BACK]: [...back, ...here].slice(-MAX_BACK).join(","),
          })}
          kind="quiet"
        >
          Next
        </ButtonLink>
      ) : null}
    </Pages>
  );
}

/** A page of a list with numbers. */
interface Position extends Total {
  page: number;
  size: number;
}

/** The position of a page among all rows, with links to the previous and the next page. */
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
  return (
    <Pages rows={{ first, last, total, more }}>
      {page > 1 ? pageLink(page - 1, "Previous") : null}
      {last < total ? pageLink(page + 1, "Next") : null}
    </Pages>
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
