import { intents } from "../audit";
import { shop } from "./shop";

/** Returns the number of successful payments of an order, and their sum less refunds. */
export async function paid(orderId: string): Promise<{ times: number; collected: number }> {
  const made = (await intents(shop.stripe)).filter(
    ({ metadata, status }) => metadata.order_id === orderId && status === "succeeded",
  );
  const collected = made.reduce(
    (sum, { amount_received, latest_charge }) => sum + amount_received - (latest_charge?.amount_refunded ?? 0),
    0,
  );
  return { times: made.length, collected };
}
