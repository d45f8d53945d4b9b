import { SelectField, TextField } from "@/app/ui/field";
import { TextLink } from "@/app/ui/link";
import { SearchForm } from "@/app/ui/list";
import { optionsOf } from "@/lib/in-words";
import { OrderStatus } from "@/prisma/generated/enums";
import { ColumnChoice, columnQuery } from "./columns";
import { ProductField } from "./product-field";

/** The filters of the list in the address of the page, as they were typed. */
export type OrderQuery = Partial<
  Record<
    "status" | "review" | "dispute" | "from" | "to" | "min" | "max" | "product" | "tag" | "q" | "sort" | "page",
    string
  >
>;

const REVIEWS = {
  held: "Held for review",
  noted: "High value, not held",
  released: "Released",
  rejected: "Rejected",
  expired: "Expired",
};

const SORTS = { newest: "Newest first", oldest: "Oldest first", highest: "Highest total", lowest: "Lowest total" };

/** The filters beyond search, status and order. */
const MORE = ["review", "dispute", "from", "to", "min", "max", "product", "tag"] as const;

interface Props {
  query: OrderQuery;
  /** The columns of the table. */
  chosen: string[];
}

/** The form that filters the list of orders and chooses its columns. Rare filters are folded away while they are empty. */
export function OrdersFilter({ query, chosen }: Props) {
  const { status, review, dispute, from, to, min, max, product, tag, q, sort } = query;
  const hasColumns = Object.keys(columnQuery(chosen)).length > 0;
  const active = MORE.filter((name) => query[name]);
  return (
    <SearchForm path="/console/orders">
      <TextField defaultValue={q} label="Number, email, name, SKU, payment or tracking number" name="q" type="search" />
      <SelectField
        defaultValue={status ?? ""}
        label="Status"
        name="status"
        options={{ "": "All", ...optionsOf(Object.values(OrderStatus)) }}
      />
      <SelectField defaultValue={sort ?? "newest"} label="Sort" name="sort" options={SORTS} />
      <details className="order-last w-full" open={active.length > 0 || hasColumns}>
        <summary className="inline-flex min-h-11 items-center text-accent underline">
          More filters and columns{active.length > 0 ? ` (${active.length})` : ""}
        </summary>
        <div className="grid items-end gap-3 pt-2 min-[26rem]:grid-cols-2 sm:flex sm:flex-wrap">
          <SelectField defaultValue={review ?? ""} label="Review" name="review" options={{ "": "All", ...REVIEWS }} />
          <SelectField
            defaultValue={dispute ?? ""}
            label="Dispute"
            name="dispute"
            options={{ "": "All", open: "open dispute" }}
          />
          <TextField defaultValue={from} label="Placed from" name="from" type="date" />
          <TextField defaultValue={to} label="Placed to" name="to" type="date" />
          <TextField defaultValue={min} inputMode="decimal" label="Total from" name="min" size={8} />
          <TextField defaultValue={max} inputMode="decimal" label="Total to" name="max" size={8} />
          <ProductField defaultValue={product} />
          <TextField defaultValue={tag} label="Tag" name="tag" size={14} />
          <TextLink className="inline-flex min-h-11 items-center" href="/console/orders">
            Reset
          </TextLink>
        </div>
        <div className="pt-3">
          <ColumnChoice chosen={chosen} />
        </div>
      </details>
    </SearchForm>
  );
}
