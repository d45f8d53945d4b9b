import { randomUUID } from "node:crypto";
import type pg from "pg";
import { type Cart, DemoCustomer } from "@/dev/demo-customer";
import { waitUntil } from "@/dev/wait-until";

/** How long a customer waits for an answer before the same request is sent again. */
const ANSWER_MS = 10_000;
const RETRY_MS = 500;
/** A customer who gives up after this time has met a fault of the shop. */
const ANSWER_TIMEOUT_MS = 180_000;

/** What a customer got: an order, or the reason why there is none. */
export interface Bought {
  email: string;
  order?: { id: string; token: string } | undefined;
  refusal?: string | undefined;
  /** The answers that asked for another try, and the requests that had none. */
  retries: number;
}

const CARDS = ["pm_card_visa", "pm_card_visa", "pm_card_visa", "pm_card_chargeDeclined"];
/** A product with many units and one with few, so that some orders find none left. */
const PRODUCTS = { many: "prod_001", few: "prod_002" };

export async function setStock(database: pg.Pool, few = 20): Promise<void> {
  for (const [id, units] of [
    [PRODUCTS.many, 100_000],
    [PRODUCTS.few, few],
  ])
    await database.query("UPDATE inventory SET available = $2, received = $2 + reserved + sold WHERE product_id = $1", [
      id,
      units,
    ]);
}

/**
 * Sends one checkout with an idempotency key until there is an answer that does not ask for another try. After `timeoutMs` the
 * customer gives up.
 */
export async function buy(
  app: string,
  mailbox: string,
  number: number,
  timeoutMs = ANSWER_TIMEOUT_MS,
): Promise<Bought> {
  const email = `crash-${randomUUID()}@customers.example`;
  const cart: Cart = {
    items: [{ productId: number % 5 === 0 ? PRODUCTS.few : PRODUCTS.many, quantity: 1 }],
    email,
    paymentMethod: CARDS[number % CARDS.length] ?? "pm_card_visa",
  };
  const customer = new DemoCustomer(app, mailbox);
  const key = randomUUID();
  const bought: Bought = { email, refusal: "no answer", retries: 0 };
  const isAnswered = async () => {
    const answer = await customer.checkout(cart, key, AbortSignal.timeout(ANSWER_MS)).catch(() => undefined);
    bought.order = answer?.order;
    bought.refusal = answer?.order ? undefined : (answer?.problem?.code ?? "no answer");
    const isFinal = answer !== undefined && answer.status < 500 && answer.status !== 429;
    if (!isFinal) bought.retries++;
    return isFinal;
  };
  // Without an answer, the last refusal is the fault.
  await waitUntil(isAnswered, "an answer", { timeout: timeoutMs, every: RETRY_MS }).catch(() => {});
  return bought;
}
