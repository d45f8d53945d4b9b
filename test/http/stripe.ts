import { shop } from "./shop";

interface Intent {
  id: string;
  status: string;
  amount_received: number;
  metadata: { order_id?: string };
  latest_charge: { amount_refunded: number } | null;
}

/** What Stripe holds of all orders: asked of Stripe itself, with the shop's key. */
export async function intents(stripe = shop.stripe): Promise<Intent[]> {
  const found: Intent[] = [];
  for (let after = "", more = true; more; ) {
    const page = await fetch(
      `${stripe}/v1/payment_intents?limit=100&expand[]=data.latest_charge${after && `&starting_after=${after}`}`,
      { headers: { authorization: `Bearer ${process.env.STRIPE_SECRET_KEY ?? "sk_test_steadfast"}` } },
    );
    if (!page.ok) throw new Error(await page.text());
    const { data, has_more }: { data: Intent[]; has_more: boolean } = await page.json();
    found.push(...data);
    after = data.at(-1)?.id ?? "";
    more = has_more;
  }
  return found;
}

/** The payments of one order that succeeded, and what is kept of them. */
export async function paid(orderId: string): Promise<{ times: number; kept: number }> {
  const made = (await intents()).filter(
    ({ metadata, status }) => metadata.order_id === orderId && status === "succeeded",
  );
  const kept = made.reduce(
    (sum, { amount_received, latest_charge }) => sum + amount_received - (latest_charge?.amount_refunded ?? 0),
    0,
  );
  return { times: made.length, kept };
}
