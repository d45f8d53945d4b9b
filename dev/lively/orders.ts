import { type Cart, type Placed, Shopper } from "../shopper";
import type { StackInfo } from "../stack-file";
import type { Session } from "./session";

/** What an order can come to, or be held up by. */
export const ENDS = [
  "confirmed",
  "shipped",
  "delivered",
  "refunded",
  "declined",
  "waiting",
  "cancelled",
  "held",
] as const;

export type Ends = Record<(typeof ENDS)[number], Placed>;

/** An order for each end that one can come to, by the names of who placed them. The held one needs `REVIEW_HOLD`. */
export async function placeOrders({ app, mailbox }: StackInfo, manager: Session, customer: Session): Promise<Ends> {
  const shopper = new Shopper(app, mailbox);
  const buy = async (name: string, items: [string, number][], paymentMethod = "pm_card_visa"): Promise<Placed> => {
    const cart: Cart = {
      items: items.map(([productId, quantity]) => ({ productId, quantity })),
      email: `${name.toLowerCase().replace(" ", ".")}@customers.example`,
      name,
      paymentMethod,
      shippingAddress: { name, line1: "Long Way 1", city: "Town", postalCode: "12345", country: "DE" },
    };
    const { order, problem } = await shopper.checkout(cart);
    return order ?? Promise.reject(new Error(problem?.detail));
  };
  const confirmed = async (...order: Parameters<typeof buy>) => {
    const placed = await buy(...order);
    await shopper.reaches(placed, ["confirmed"]);
    return placed;
  };
  const refunded = async () => {
    const placed = await confirmed("Fay Jansen", [["prod_013", 1]]);
    const request = { reason: "Arrived with a dent" };
    await manager.post(`/api/admin/orders/${placed.id}/refund`, request, { "idempotency-key": placed.id });
    await shopper.reaches(placed, ["refunded"]);
    return placed;
  };
  const ship = async (name: string, trackingNumber: string, arrives: boolean) => {
    const placed = await confirmed(name, [
      ["prod_003", 1],
      ["prod_006", 2],
    ]);
    await manager.post(`/api/admin/orders/${placed.id}/ship`, { carrier: "DHL", trackingNumber });
    if (arrives) await manager.post(`/api/admin/orders/${placed.id}/deliver`, {});
    await shopper.reaches(placed, [arrives ? "delivered" : "shipped"]);
    return placed;
  };
  const cancelled = async () => {
    const placed = await confirmed("Dario Costa", [["prod_010", 1]]);
    await shopper.cancel(placed);
    await shopper.reaches(placed, ["cancelled"]);
    return placed;
  };
  const own = customer.post("/api/checkout", {
    ...{ items: [{ productId: "prod_008", quantity: 1 }], email: customer.email, paymentMethod: "pm_card_visa" },
  });
  const orders = await Promise.all([
    confirmed("Amira Almeida", [
      ["prod_001", 2],
      ["prod_004", 1],
    ]),
    ship("Elif Eriksen", "00340434161094042557", false),
    ship("Hugo Hansen", "00340434161094042564", true),
    refunded(),
    buy("Ben Becker", [["prod_003", 1]], "pm_card_visa_chargeDeclined"),
    buy("Clara Dubois", [["prod_023", 1]], "pm_card_authenticationRequired"),
    cancelled(),
    buy("Greta Garcia", [
      ["prod_011", 12],
      ["prod_008", 11],
    ]),
    own,
  ]);
  const [a, shipped, delivered, back, declined, waiting, gone, held] = orders;
  await shopper.reaches(declined, ["failed"]);
  await shopper.reaches(waiting, ["awaiting_payment"]);
  return { confirmed: a, shipped, delivered, refunded: back, declined, waiting, cancelled: gone, held };
}
