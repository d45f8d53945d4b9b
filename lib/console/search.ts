import { z } from "zod";
import { findProducts } from "../catalogue/manage-products";
import { db } from "../db";
import { searchEmails } from "../email/list-emails";
import { eventRunsUrl, runUrl } from "../inngest-url";
import { listOrders } from "../orders/list-orders";
import { findCustomers } from "../search/find-customers";
import { searchTextSchema } from "../text";
import { moneySchema } from "../view-schemas";

/** The text of the console's search. Other texts find nothing. */
export const searchSchema = searchTextSchema.min(1);

/** The rows of each kind that the search page shows. */
const SHOWN = 5;

const found = <T extends z.ZodRawShape>(item: T) =>
  z.strictObject({ items: z.array(z.strictObject(item)), more: z.boolean().describe("Whether more match.") });

/** What the console's search finds: the first rows of each kind. */
export const searchResultSchema = z.strictObject({
  orders: found({ id: z.string(), number: z.string(), status: z.string(), total: moneySchema, email: z.string() }),
  customers: found({ id: z.string(), name: z.string(), email: z.string() }),
  products: found({ id: z.string(), name: z.string(), sku: z.string(), available: z.int() }),
  /** None, and more, if the text is in the addresses of many customers. */
  emails: found({ id: z.string(), subject: z.string(), to: z.string(), status: z.string() }),
  runs: z.array(z.strictObject({ name: z.string(), url: z.string(), error: z.string().nullable() })),
});

export type SearchResult = z.output<typeof searchResultSchema>;

/** Returns the first orders, customers, products, emails and runs that match a text. Emails match by their recipient. */
export async function searchEverything(q: string): Promise<SearchResult> {
  const [orders, customers, products, emails, runs] = await Promise.all([
    listOrders({ q, limit: SHOWN }),
    findCustomers({ q, limit: SHOWN }),
    findProducts({ q, show: "all", sort: "name", page: 1 }),
    searchEmails(q, SHOWN),
    findRuns(q),
  ]);
  return {
    orders: {
      items: orders.items.map(({ id, number, status, total, email }) => ({ id, number, status, total, email })),
      more: orders.nextCursor !== null,
    },
    customers: {
      items: customers.items.map(({ id, name, email }) => ({ id, name, email })),
      more: customers.nextCursor !== null,
    },
    products: {
      items: products.items
        .slice(0, SHOWN)
        .map(({ id, name, sku, stock }) => ({ id, name, sku, available: stock.available })),
      more: products.total > SHOWN,
    },
    emails: {
      items: emails.items.map(({ id, subject, to, status }) => ({ id, subject, to, status })),
      more: emails.more,
    },
    // The runs of the orders are the likely ones, when a person searches for a number.
    runs: [...runs, ...orders.items.map(({ id, number }) => orderRun(id, number))],
  };
}

const orderRun = (id: string, number: string) => ({
  name: `process-order, order ${number}`,
  url: eventRunsUrl(`order-created:${id}`),
  error: null,
});

/** Returns failed runs by their id, by the id of their event, or by their function. */
async function findRuns(q: string) {
  const rows = await db().failedRun.findMany({
    where: { OR: [{ id: q }, { eventId: q }, { function: q.toLowerCase() }] },
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    take: SHOWN,
  });
  return rows.map(({ id, function: name, error }) => ({ name, url: runUrl(id), error }));
}
