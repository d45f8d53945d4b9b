import type { PropsWithChildren, ReactNode } from "react";
import { Button } from "./button";
import { Titled } from "./display";
import { Link } from "./link";
import { type ColumnSort, SortLink } from "./list-links";

interface Column<R> {
  heading: string;
  cell: (row: R) => ReactNode;
  sort?: ColumnSort;
}

/** Defines a column of a table. */
export type DefineColumn<R> = (heading: string, cell: Column<R>["cell"], sort?: ColumnSort) => Column<R>;

interface TableProps<R> {
  /** The heading above the table. */
  title?: string;
  /** The caption for screen readers, and the name of the scrollable region. By default the title. */
  caption?: string;
  /** Returns the columns. The first column names the row. */
  columns: (column: DefineColumn<R>) => Column<R>[];
  rows: R[];
  /** Returns the key of a row. Needed if a row has state, such as a checkbox or a dialog: a refresh may move it. */
  rowKey?: (row: R) => string;
  /** Shown instead of a table without rows. By default nothing is shown. */
  empty?: ReactNode;
}

const CARD =
  "max-sm:flex max-sm:flex-wrap max-sm:justify-between max-sm:gap-x-4 max-sm:px-4 max-sm:py-1 max-sm:text-right max-sm:before:shrink-0 max-sm:before:text-muted max-sm:before:content-[attr(data-label)]";
const TITLE = "font-medium max-sm:*:ml-0 max-sm:block max-sm:px-4 max-sm:py-1 max-sm:text-base";

/** A table that scrolls sideways if it is too wide. On a phone, each row is a card with labelled fields. */
export function Table<R>({ title, caption = title, columns, rows, rowKey, empty }: TableProps<R>) {
  if (rows.length === 0 && !empty) return null;
  if (title)
    return (
      <Titled title={title}>
        <Table {...{ caption, columns, rows, rowKey, empty }} />
      </Titled>
    );
  if (rows.length === 0) return empty;
  const all = columns((heading, cell, sort) => ({ heading, cell, sort }));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard (WCAG 2.1.1)
    <section aria-label={caption} className="overflow-x-auto rounded-2xl border border-line bg-paper" tabIndex={0}>
      <table className="w-full text-sm tabular-nums max-sm:block">
        <caption className="sr-only">{caption}</caption>
        <thead className="border-line border-b text-left text-muted max-sm:sr-only">
          <tr>
            {all.map(({ heading, sort }) => (
              <th
                aria-sort={sort?.current}
                className="whitespace-nowrap px-4 py-3 font-medium"
                key={heading}
                scope="col"
              >
                {sort ? <SortLink {...sort}>{heading}</SortLink> : heading}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="divide-y divide-line max-sm:block">
          {rows.map((row, index) => (
            <tr className="hover:bg-raised max-sm:block max-sm:py-3" key={rowKey ? rowKey(row) : index}>
              {all.map(({ heading, cell }, column) => (
                <td className={`px-4 py-3 align-top ${column === 0 ? TITLE : CARD}`} data-label={heading} key={heading}>
                  {/* A column is as wide as its longest word, up to a limit at which words break. */}
                  <div className="min-w-0 max-sm:wrap-anywhere sm:max-w-96 sm:wrap-break-word max-sm:ml-auto sm:[&_wbr]:hidden">
                    {cell(row)}
                  </div>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** A form that filters a list. Its fields become the query of the page `path`. */
export function SearchForm({ path, submit = "Show", children }: PropsWithChildren<{ path: string; submit?: string }>) {
  return (
    <search>
      <form action={path} className="flex flex-wrap items-end gap-3 max-sm:[&>div]:grow">
        {children}
        <Button kind="quiet" type="submit">
          {submit}
        </Button>
      </form>
    </search>
  );
}

interface StatusTabsProps {
  path: string;
  /** The label of each status; the first is the default. */
  labels: Record<string, string>;
  current: string;
}

/** Links that filter the list of a page by status. */
export function StatusTabs({ path, labels, current }: StatusTabsProps) {
  return (
    <nav aria-label="Filter by status">
      <ul className="flex flex-wrap gap-1">
        {Object.entries(labels).map(([status, label], index) => (
          <li key={status}>
            <Link
              aria-current={status === current ? "page" : undefined}
              className="inline-flex min-h-11 items-center border-transparent border-b-2 px-3 text-sm hover:bg-raised aria-[current]:border-accent aria-[current]:font-semibold"
              href={index === 0 ? path : `${path}?status=${status}`}
            >
              {label}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
