import { db } from "../db";
import { appEnv } from "../env";
import { formatMoney } from "../money";

/** An order or expense of the user, with a sentence for each of its changes. */
export interface NewsItem {
  title: string;
  happened: string[];
  url: string;
}

/** A longer email would not be read. The account page shows everything. */
const MAX_ITEMS = 20;

/** The sentence for each timeline event that a digest reports. */
const ORDER_NEWS: Record<string, string> = {
  order_confirmed: "It is confirmed, and everything is reserved for you.",
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

/** Returns the news of a user's orders and expenses from `from` until before `until`. */
export async function collectNews(user: { id: string; email: string }, from: Date, until: Date): Promise<NewsItem[]> {
  const [orders, expenses] = await Promise.all([orderNews(user, from, until), expenseNews(user.id, from, until)]);
  return [...orders, ...expenses].slice(0, MAX_ITEMS);
}

interface OrderNewsRow {
  id: string;
  number: number;
  token: string;
  types: string[];
}

async function orderNews(user: { id: string; email: string }, from: Date, until: Date): Promise<NewsItem[]> {
  const rows = await db().$queryRaw<OrderNewsRow[]>`
    SELECT o.id, o.number, o.token, array_agg(e.type ORDER BY e.id) AS types
    FROM orders o JOIN order_events e ON e.order_id = o.id
    WHERE (o.user_id = ${user.id} OR o.email = ${user.email}) AND e.type = ANY(${Object.keys(ORDER_NEWS)})
      AND e.at >= ${from} AND e.at < ${until}
    GROUP BY o.id ORDER BY max(e.id) DESC LIMIT ${MAX_ITEMS}`;
  return rows.map(({ id, number, token, types }) => ({
    title: `Order ${number}`,
    happened: [...new Set(types)].flatMap((type) => ORDER_NEWS[type] ?? []),
    url: `${appEnv().APP_URL}/orders/${id}?token=${token}`,
  }));
}

async function expenseNews(userId: string, from: Date, until: Date): Promise<NewsItem[]> {
  const rows = await db().expense.findMany({
    where: { submitterId: userId, decidedAt: { gte: from, lt: until } },
    select: { description: true, amount: true, currency: true, status: true },
    orderBy: { decidedAt: "desc" },
    take: MAX_ITEMS,
  });
  return rows.map(({ description, amount, currency, status }) => ({
    title: `${description}, ${formatMoney({ amount, currency })}`,
    happened: [EXPENSE_NEWS[status] ?? "It is decided."],
    url: `${appEnv().APP_URL}/account`,
  }));
}
