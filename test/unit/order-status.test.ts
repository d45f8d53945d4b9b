import { describe, expect, it } from "vitest";
import { canPayAgain, decideCancel, FAILURES, hasReceipt, isOpen, MAX_ATTEMPTS } from "@/lib/order-state/status";
import { OrderStatus } from "@/prisma/generated/enums";

const table = {
  pending: { open: true, cancel: "cancel", receipt: false },
  awaiting_payment: { open: true, cancel: "cancel", receipt: false },
  confirmed: { open: false, cancel: "cancel", receipt: true },
  shipped: { open: false, cancel: "refuse", receipt: true },
  delivered: { open: false, cancel: "refuse", receipt: true },
  cancelled: { open: false, cancel: "already_cancelled", receipt: false },
  failed: { open: false, cancel: "refuse", receipt: false },
  refunded: { open: false, cancel: "refuse", receipt: true },
} as const satisfies Record<OrderStatus, unknown>;

describe.each(Object.values(OrderStatus))("an order that is %s", (status) => {
  it(`is ${table[status].open ? "open" : "ended"}`, () => expect(isOpen(status)).toBe(table[status].open));
  it(`answers a cancellation with ${table[status].cancel}`, () =>
    expect(decideCancel(status)).toBe(table[status].cancel));
  it(`has ${table[status].receipt ? "a" : "no"} receipt`, () =>
    expect(hasReceipt({ status })).toBe(table[status].receipt));
  it("never cancels its rest, unless it is confirmed and partly shipped", () => {
    const rest = status === "confirmed" ? "cancel_rest" : table[status].cancel;
    expect(decideCancel(status, { itemsLeft: true })).toBe(rest);
    const nothing = status === "confirmed" ? "refuse" : table[status].cancel;
    expect(decideCancel(status, { itemsLeft: false })).toBe(nothing);
  });
  it.each(Object.entries(FAILURES))(
    "with the end reason %s can be paid again only if it failed and another card helps",
    (reason, { payable }) => expect(canPayAgain(status, reason, 1)).toBe(status === "failed" && payable),
  );
});

it("cannot be paid again for an unknown reason or none", () => {
  expect(canPayAgain("failed", "customer", 1)).toBe(false);
  expect(canPayAgain("failed", null, 1)).toBe(false);
});

it("cannot be paid again after the last attempt", () => {
  expect(canPayAgain("failed", "payment_declined", MAX_ATTEMPTS - 1)).toBe(true);
  expect(canPayAgain("failed", "payment_declined", MAX_ATTEMPTS)).toBe(false);
});
