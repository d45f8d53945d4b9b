import type { ReactNode } from "react";
import { Breakable } from "@/app/ui/breakable";
import { SelectRow } from "@/app/ui/bulk-form";
import { Badge, StatusBadge } from "@/app/ui/display";
import { Checkbox } from "@/app/ui/field";
import { Link, TextLink } from "@/app/ui/link";
import type { DefineColumn } from "@/app/ui/list";
import type { ColumnSort } from "@/app/ui/list-links";
import { Timestamp } from "@/app/ui/timestamp";
import { formatMoney } from "@/lib/money";
import type { OrderRow } from "@/lib/orders/list-orders";

interface OrderColumn {
  heading: string;
  cell: (order: OrderRow) => ReactNode;
  /** Whether it is shown without a choice. */
  usual?: true;
  /** The values of `sort` for this column. Its heading sorts by the first one first. */
  sorts?: { descending: string; ascending: string };
}

/** The columns that can be chosen, by their names in the address. */
const COLUMNS: Record<string, OrderColumn> = {
  status: { heading: "Status", cell: ({ status }) => <StatusBadge status={status} />, usual: true },
  customer: {
    heading: "Customer",
    cell: ({ email, name }) => (
      <>
        <Breakable text={email} />
        {name ? <span className="block text-muted">{name}</span> : null}
      </>
    ),
    usual: true,
  },
  items: { heading: "Items", cell: ({ units }) => units },
  total: {
    heading: "Total",
    cell: ({ total }) => <span className="whitespace-nowrap">{formatMoney(total)}</span>,
    usual: true,
    sorts: { descending: "highest", ascending: "lowest" },
  },
  coupon: { heading: "Coupon", cell: ({ coupon }) => coupon ?? "—" },
  country: { heading: "Country", cell: ({ country }) => country ?? "—" },
  tags: { heading: "Tags", cell: ({ tags }) => <Tags tags={tags} />, usual: true },
  placed: {
    heading: "Placed",
    cell: ({ createdAt }) => <Timestamp at={createdAt} />,
    usual: true,
    sorts: { descending: "newest", ascending: "oldest" },
  },
};

const USUAL = Object.keys(COLUMNS).filter((name) => COLUMNS[name]?.usual);

/**
 * What the parameter of a column begins with. Each has one of its own, because the shop refuses an address that repeats a
 * parameter.
 */
const PARAMETER = "column-";

/** Returns the names of the chosen columns in their order, from the query of the address. Without a choice there are the usual ones. */
export function chosenColumns(query: Record<string, unknown>): string[] {
  const chosen = Object.keys(COLUMNS).filter((name) => query[PARAMETER + name]);
  return chosen.length > 0 ? chosen : USUAL;
}

/** Returns the query for the chosen columns, which is empty for the usual ones. */
export const columnQuery = (chosen: string[]): Record<string, string> =>
  chosen.join() === USUAL.join() ? {} : Object.fromEntries(chosen.map((name) => [PARAMETER + name, "1"]));

/** Returns whether a parameter of the address chooses a column. */
export const isColumn = (parameter: string): boolean => parameter.startsWith(PARAMETER);

/** Returns how the heading of a column sorts the list, which is in the order `sort`. */
function columnSort({ sorts }: OrderColumn, sort: string): ColumnSort | undefined {
  if (!sorts) return undefined;
  const current = sort === sorts.descending ? "descending" : sort === sorts.ascending ? "ascending" : undefined;
  return { current, next: current === "descending" ? sorts.ascending : sorts.descending };
}

/** Returns the columns of the table: the order itself with its checkbox, and the chosen ones. */
export const orderColumns = (chosen: string[], sort: string) => (column: DefineColumn<OrderRow>) => [
  column("Order", ({ id, number }) => (
    <span className="inline-flex items-center gap-3">
      <SelectRow id={id} label={`Select order ${number}`} />
      <TextLink className="whitespace-nowrap" href={`/console/orders/${id}`}>
        {number}
      </TextLink>
    </span>
  )),
  ...chosen.flatMap((name) => {
    const chosenColumn = COLUMNS[name];
    return chosenColumn ? [column(chosenColumn.heading, chosenColumn.cell, columnSort(chosenColumn, sort))] : [];
  }),
];

/** The checkboxes that choose the columns. */
export function ColumnChoice({ chosen }: { chosen: string[] }) {
  return (
    <fieldset>
      <legend className="font-medium text-sm">Columns</legend>
      <div className="flex flex-wrap gap-x-5">
        {Object.entries(COLUMNS).map(([name, { heading }]) => (
          <Checkbox
            defaultChecked={chosen.includes(name)}
            key={name}
            label={heading}
            name={PARAMETER + name}
            value="1"
          />
        ))}
      </div>
    </fieldset>
  );
}

/** The tags of an order, each with a link to the orders that have it. */
export function Tags({ tags }: { tags: string[] }) {
  if (tags.length === 0) return <span className="text-muted">—</span>;
  return (
    <ul className="flex flex-wrap gap-1.5">
      {tags.map((tag) => (
        <li key={tag}>
          <Link className="inline-flex min-h-6 items-center" href={`/console/orders?tag=${encodeURIComponent(tag)}`}>
            <Badge>{tag}</Badge>
          </Link>
        </li>
      ))}
    </ul>
  );
}
