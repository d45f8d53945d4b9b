import type { SearchResult } from "@/lib/console/search";
import { formatMoney } from "@/lib/money";

export interface Hit {
  href: string;
  name: string;
  note?: string | null;
  status?: string;
}

export interface HitGroup {
  title: string;
  hits: Hit[];
  /** The list with all hits, if the group has only some. */
  all: { href: string; label: string } | null;
}

/** Returns what a search for `q` found, with the page of each hit. Groups without hits and without a list are left out. */
export function groupsOf({ orders, customers, products, emails, runs }: SearchResult, q: string): HitGroup[] {
  const query = encodeURIComponent(q);
  const groups: HitGroup[] = [
    {
      title: "Orders",
      hits: orders.items.map(({ id, number, status, total, email }) => ({
        ...{ href: `/console/orders/${id}`, name: `Order ${number}`, note: `${email}, ${formatMoney(total)}`, status },
      })),
      all: orders.more ? { href: `/console/orders?q=${query}`, label: "All orders found" } : null,
    },
    {
      title: "Customers",
      hits: customers.items.map(({ id, name, email }) => ({ href: `/console/customers/${id}`, name, note: email })),
      all: customers.more ? { href: `/console/customers?q=${query}`, label: "All customers found" } : null,
    },
    {
      title: "Products",
      hits: products.items.map(({ id, name, sku, available }) => ({
        ...{ href: `/console/products/${id}`, name, note: `${sku}, ${available} available` },
      })),
      all: products.more ? { href: `/console/products?q=${query}`, label: "All products found" } : null,
    },
    {
      title: "Emails",
      hits: emails.items.map(({ id, subject, to, status }) => ({
        ...{ href: `/console/emails/${encodeURIComponent(id)}`, name: subject, note: `to ${to}`, status },
      })),
      all: emails.more
        ? {
            href: `/console/emails?to=${query}`,
            label: emails.items.length > 0 ? "All emails found" : "Search all emails",
          }
        : null,
    },
    { title: "Runs", hits: runs.map(({ name, url, error }) => ({ href: url, name, note: error })), all: null },
  ];
  return groups.filter(({ hits, all }) => hits.length > 0 || all);
}
