import { db } from "../db";
import { appEnv } from "../env";
import { formatMoney } from "../money";

/** Something of the user's, and what happened to it, in sentences. */
export interface NewsItem {
  title: string;
  happened: string[];
  url: string;
}

/** More than this is not read in an email; the account shows all of it. */
const MOST_ITEMS = 20;

/** What is news to a customer, of all that stands in an order's timeline. */
const ORDER_NEWS: Record<string, string> = {
  order_confirmed: "It is confirmed, and everything is set aside for you.",
  order_partly_shipped: "A first part is on its way.",
  order_shipped: "It is on its way.",
  order_delivered: "It has arrived.",
  order_cancelled: "It is cancelled.",
  order_failed: "It could not be completed, and you keep your money.",
  refund_succeeded: "We have sent money back to you.",
};

const EXPENSE_NEWS: Record<string, string> = {
  approved: "It is approved.",
  rejected: "It is rejected.",
  paid: "It is approved, and the money is on its way.",
  payment_failed: "It is approved, but the money could not be paid out yet.",
};

/** What happened for a user from `from` until before `until`: to their orders, and to what they have spent for the shop. */
export async function collectNews(user: { id: string; email: string }, from: Date, until: Date): Promise<NewsItem[]> {
  const [orders, expenses] = await Promise.all([orderNews(user, from, until), expenseNews(user.id, from, until)]);
  return [...orders, ...expenses].slice(0, MOST_ITEMS);
}

async function orderNews(user: { id: string; email: string }, from: Date, until: Date): Promise<NewsItem[]> {
  const rows = await db().$queryRaw<{ id: string; number: number; token: string; types: string[] }[]>`
    SELECT o.id, o.number, o.token, array_agg(e.type ORDER BY e.id) AS types
    FROM orders o JOIN order_events e ON e.order_id = o.id
    WHERE (o.user_id = ${user.id} OR o.email = ${user.email}) AND e.type = ANY(${Object.keys(ORDER_NEWS)})
      AND e.at >= ${from} AND e.at < ${until}
    GROUP BY o.id ORDER BY max(e.id) DESC LIMIT ${MOST_ITEMS}`;
  return rows.map(({ id, number, token, types }) => ({
    title: `Order ${number}`,
    happened: [...new Set(types)].flatMap((type) => ORDER_NEWS[type] ?? []),
    url: `${appEnv().APP_URL}/orders/${id}?token=${token}`,
  }));
}

async function expenseNews(userId: string, from: Date, until: Date): Promise<NewsItem[]> {
  const rows = await db().$queryRaw<{ description: string; amount: number; currency: string; status: string }[]>`
    SELECT description, amount, currency, status FROM expenses
    WHERE submitter_id = ${userId} AND decided_at >= ${from} AND decided_at < ${until}
    ORDER BY decided_at DESC LIMIT ${MOST_ITEMS}`;
  return rows.map(({ description, amount, currency, status }) => ({
    title: `${description}, ${formatMoney({ amount, currency })}`,
    happened: [EXPENSE_NEWS[status] ?? "It is decided."],
    url: `${appEnv().APP_URL}/account`,
  }));
}
