import { describe, expect, it } from "vitest";
import { canPayAgain, decideCancel, FAILURES, isOpen } from "@/lib/order-state/status";
import { OrderStatus } from "@/prisma/generated/enums";

const table = {
  pending: { open: true, cancel: "cancel" },
  awaiting_payment: { open: true, cancel: "cancel" },
  confirmed: { open: false, cancel: "cancel" },
  shipped: { open: false, cancel: "refuse" },
  delivered: { open: false, cancel: "refuse" },
  cancelled: { open: false, cancel: "already_cancelled" },
  failed: { open: false, cancel: "refuse" },
  refunded: { open: false, cancel: "refuse" },
} as const satisfies Record<OrderStatus, unknown>;

describe.each(Object.values(OrderStatus))("an order that is %s", (status) => {
  it(`is ${table[status].open ? "open" : "ended"}`, () => expect(isOpen(status)).toBe(table[status].open));
  it(`answers a cancellation with ${table[status].cancel}`, () =>
    expect(decideCancel(status)).toBe(table[status].cancel));
  it.each(Object.entries(FAILURES))(
    "with the end reason %s can be paid again only if it failed and another card helps",
    (reason, { payable }) => expect(canPayAgain(status, reason, 1)).toBe(status === "failed" && payable),
  );
});

it("cannot be paid again for an unknown reason or none", () => {
  expect(canPayAgain("failed", "customer", 1)).toBe(false);
  expect(canPayAgain("failed", null, 1)).toBe(false);
});
