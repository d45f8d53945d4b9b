import type { ReactNode } from "react";
import { Empty, PageContent, StatusBadge, Titled } from "@/app/ui/display";
import { TextField } from "@/app/ui/field";
import { TextLink } from "@/app/ui/link";
import { SearchForm } from "@/app/ui/list";
import { searchEverything, searchSchema } from "@/lib/console/search";
import { formatMoney } from "@/lib/money";
import { consolePage } from "../console-page";

export const metadata = { title: "Search" };

export default consolePage<"q">(async ({ q: typed }) => {
  const q = searchSchema.safeParse(typed).data;
  return (
    <PageContent title="Search">
      <SearchForm path="/console/search" submit="Search">
        <TextField
          autoFocus
          defaultValue={typed}
          id="console-search"
          label="Orders, customers, products and runs"
          name="q"
          type="search"
        />
      </SearchForm>
      <p className="text-muted text-sm">
        Press / or Ctrl-K on any page of the console to search, and ? for all shortcuts.
      </p>
      {q ? <Results q={q} /> : null}
    </PageContent>
  );
});

async function Results({ q }: { q: string }) {
  const { orders, customers, products, runs } = await searchEverything(q);
  const query = encodeURIComponent(q);
  if (orders.total + products.total + customers.items.length + runs.length === 0)
    return (
      <Empty title={`Nothing found for “${q}”`}>
        Search for an order number, an email address, a name, a SKU, a payment id or a tracking number.
      </Empty>
    );
  return (
    <div className="grid items-start gap-6 *:min-w-0 xl:grid-cols-2">
      <Found
        all={
          orders.total > orders.items.length
            ? { href: `/console/orders?q=${query}`, label: `All ${orders.total} orders` }
            : null
        }
        title="Orders"
        rows={orders.items.map(({ id, number, status, total, email }) => (
          <Row
            href={`/console/orders/${id}`}
            key={id}
            name={`Order ${number}`}
            note={`${email}, ${formatMoney(total)}`}
          >
            <StatusBadge status={status} />
          </Row>
        ))}
      />
      <Found
        all={customers.more ? { href: `/console/customers?q=${query}`, label: "All customers found" } : null}
        title="Customers"
        rows={customers.items.map(({ id, name, email }) => (
          <Row href={`/console/customers/${id}`} key={id} name={name} note={email} />
        ))}
      />
      <Found
        all={
          products.total > products.items.length
            ? { href: `/console/products?q=${query}`, label: `All ${products.total} products` }
            : null
        }
        title="Products"
        rows={products.items.map(({ id, name, sku, stock }) => (
          <Row href={`/console/products/${id}`} key={id} name={name} note={`${sku}, ${stock.available} available`} />
        ))}
      />
      <Found
        all={null}
        title="Runs"
        rows={runs.map(({ name, url, error }) => (
          <li className="px-4 py-3" key={url}>
            <a className="text-accent underline" href={url}>
              {name}
            </a>
            {error ? <p className="text-bad text-sm wrap-anywhere">{error}</p> : null}
          </li>
        ))}
      />
    </div>
  );
}

interface FoundProps {
  title: string;
  rows: ReactNode[];
  all: { href: string; label: string } | null;
}

function Found({ title, rows, all }: FoundProps) {
  if (rows.length === 0) return null;
  return (
    <Titled title={title}>
      <ul className="divide-y divide-line rounded-2xl border border-line bg-paper">{rows}</ul>
      {all ? (
        <p>
          <TextLink href={all.href}>{all.label}</TextLink>
        </p>
      ) : null}
    </Titled>
  );
}

interface RowProps {
  href: string;
  name: string;
  note: string;
  children?: ReactNode;
}

function Row({ href, name, note, children }: RowProps) {
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 px-4 py-3">
      <span className="min-w-0 wrap-anywhere">
        <TextLink href={href}>{name}</TextLink>
        <span className="block text-muted text-sm">{note}</span>
      </span>
      {children}
    </li>
  );
}
