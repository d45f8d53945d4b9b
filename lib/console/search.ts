import { findProducts } from "../catalogue/manage-products";
import { db } from "../db";
import { inngestEnv } from "../env";
import { findOrders } from "../orders/list-orders";
import { findCustomers } from "../search/find-customers";
import { searchTextSchema } from "../text";

/** The text of the console's search. Other texts find nothing. */
export const searchSchema = searchTextSchema.min(1);

/** The rows of each kind that the search page shows. */
const SHOWN = 5;

/** Returns the first orders, customers, products and runs that match a text, each with the number of all where it is known. */
export async function searchEverything(q: string) {
  const [orders, customers, products, runs] = await Promise.all([
    findOrders({ q, sort: "newest", page: 1 }),
    findCustomers({ q, limit: SHOWN }),
    findProducts({ q, show: "all", page: 1 }),
    findRuns(q),
  ]);
  return {
    orders: { items: orders.items.slice(0, SHOWN), total: orders.total },
    customers: { items: customers.items, more: customers.nextCursor !== null },
    products: { items: products.items.slice(0, SHOWN), total: products.total },
    // The runs of the orders are the likely ones, when a person searches for a number.
    runs: [...runs, ...orders.items.slice(0, SHOWN).map(({ id, number }) => orderRun(id, number))],
  };
}

const inngest = () => inngestEnv().INNGEST_BASE_URL ?? "https://app.inngest.com";

const orderRun = (id: string, number: string) => ({
  name: `process-order, order ${number}`,
  url: `${inngest()}/events/${encodeURIComponent(`order-created:${id}`)}`,
  error: null,
});

/** Returns failed runs by their id, by the id of their event, or by their function. */
async function findRuns(q: string) {
  const rows = await db().failedRun.findMany({
    where: { OR: [{ id: q }, { eventId: q }, { function: q.toLowerCase() }] },
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    take: SHOWN,
  });
  return rows.map(({ id, function: name, error }) => ({ name, url: `${inngest()}/runs/${id}`, error }));
}
