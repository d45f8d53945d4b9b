import { expect, test } from "vitest";
import { checkoutSchema } from "@/lib/checkout/place-order";
import { refundSchema } from "@/lib/payments/refund-order";
import { shipSchema } from "@/lib/shipping/ship-order";

const item = (productId: string) => ({ productId, quantity: 1 });
const items = [item("a"), item("b"), item("a"), item("b")];

test.each([
  ["a checkout", checkoutSchema, { items, email: "ann@shop.example" }, "is in the cart already"],
  ["a shipment", shipSchema, { items, carrier: "DHL", trackingNumber: "1" }, "is in this shipment already"],
  ["a refund", refundSchema, { items, reason: "Broken" }, "is in this refund already"],
])("%s names each item whose product an earlier item has", (_name, schema, body, message) => {
  const issues = schema.safeParse(body).error?.issues ?? [];
  expect(issues.map(({ path }) => path.join("."))).toEqual(["items.2.productId", "items.3.productId"]);
  for (const issue of issues) expect(issue.message).toContain(message);
});
