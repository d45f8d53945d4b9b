import type { ReactNode } from "react";
import { Titled } from "./surface";

interface Column<R> {
  heading: string;
  cell: (row: R) => ReactNode;
}

interface Props<R> {
  /** The heading above the table. */
  title?: string;
  /** The caption for screen readers, and the name of the scrollable region. By default the title. */
  caption?: string;
  /** Returns the columns. The first column names the row. */
  columns: (column: (heading: string, cell: Column<R>["cell"]) => Column<R>) => Column<R>[];
  rows: R[];
  keyOf: (row: R) => string | number;
  /** Shown instead of a table without rows. */
  empty?: ReactNode;
}

const CARD =
  "max-sm:flex max-sm:flex-wrap max-sm:justify-between max-sm:gap-x-4 max-sm:px-4 max-sm:py-1 max-sm:text-right max-sm:before:shrink-0 max-sm:before:text-muted max-sm:before:content-[attr(data-label)]";
const TITLE = "font-medium max-sm:*:ml-0 max-sm:block max-sm:px-4 max-sm:py-1 max-sm:text-base";

/** A table that scrolls sideways if it is too wide. On a phone, each row is a card with labelled fields. */
export function Table<R>({ title, caption = title, columns, rows, keyOf, empty }: Props<R>) {
  if (title)
    return (
      <Titled title={title}>
        <Table {...{ caption, columns, rows, keyOf, empty }} />
      </Titled>
    );
  if (rows.length === 0 && empty) return empty;
  const all = columns((heading, cell) => ({ heading, cell }));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard (WCAG 2.1.1)
    <section aria-label={caption} className="overflow-x-auto rounded-2xl border border-line bg-paper" tabIndex={0}>
      <table className="w-full text-sm tabular-nums max-sm:block">
        <caption className="sr-only">{caption}</caption>
        <thead className="border-line border-b text-left text-muted max-sm:sr-only">
          <tr>
            {all.map(({ heading }) => (
              <th className="whitespace-nowrap px-4 py-3 font-medium" key={heading} scope="col">
                {heading}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="divide-y divide-line max-sm:block">
          {rows.map((row) => (
            <tr className="hover:bg-raised max-sm:block max-sm:py-3" key={keyOf(row)}>
              {all.map(({ heading, cell }, index) => (
                <td className={`px-4 py-3 align-top ${index === 0 ? TITLE : CARD}`} data-label={heading} key={heading}>
                  <div className="min-w-0 wrap-anywhere max-sm:ml-auto">{cell(row)}</div>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
