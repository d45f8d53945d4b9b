import { styleText } from "node:util";
import { formatMoney } from "@/lib/money";
import type { Cart, OrderBody, Problem, ReceivedMail } from "./shopper";

const SENTENCES: Record<string, (data: Record<string, unknown>) => string> = {
  order_placed: () => "placed",
  stock_reserved: () => "stock set aside",
  payment_action_required: () => "the bank wants to see the customer (3-D Secure)",
  payment_succeeded: (data) => `paid ${money(data)}`,
  payment_failed: (data) => `payment declined: ${String(data.code).replaceAll("_", " ")}`,
  payment_canceled: () => "payment closed",
  payment_retried: () => "tries again with another card",
  order_confirmed: () => "confirmed; the stock is sold",
  order_failed: (data) => `ended: ${String(data.reason).replaceAll("_", " ")}; the stock is free again`,
  order_cancelled: () => "cancelled; the stock is free again",
  refund_requested: (data) => `refund of ${money(data)} decided`,
  refund_succeeded: (data) => `${money(data)} sent back`,
  refund_failed: () => "the refund was refused",
};

const COLOURS = { confirmed: "green", failed: "red", cancelled: "yellow" } as const;

function money(data: Record<string, unknown>): string {
  return typeof data.amount === "number" && typeof data.currency === "string"
    ? formatMoney({ amount: data.amount, currency: data.currency })
    : "";
}

/** One order as a story: when, and what happened. */
export function printOrder(title: string, { name }: Cart, order: OrderBody): void {
  const what = order.items.map((item) => `${item.quantity} × ${item.name}`).join(", ");
  const colour = COLOURS[order.status as keyof typeof COLOURS] ?? "blue";
  console.log(styleText("bold", title));
  console.log(
    `  Order ${order.number} · ${String(name)} · ${what} · ${formatMoney(order.total)} · ${styleText(colour, order.status)}`,
  );
  const start = Date.parse(order.timeline[0]?.at ?? "");
  for (const { type, at, data } of order.timeline) {
    const seconds = `+${((Date.parse(at) - start) / 1_000).toFixed(2)} s`;
    console.log(`    ${styleText("dim", seconds.padStart(9))}  ${SENTENCES[type]?.(data) ?? type}`);
  }
}

export function printMails(mails: ReceivedMail[]): void {
  for (const { subject, text } of mails) {
    const first = text
      .split("\n")
      .filter((line) => line.trim())
      .slice(2, 4)
      .join(" ")
      .slice(0, 110);
    console.log(`    ${styleText("cyan", "     mail")}  “${subject}”`);
    console.log(`               ${styleText("dim", `${first}…`)}`);
  }
  console.log("");
}

export function printRefusal(title: string, { name }: Cart, { status, code, detail, errors = [] }: Problem): void {
  console.log(styleText("bold", title));
  console.log(`  No order · ${String(name)} · ${styleText("yellow", `HTTP ${status} ${code}`)}`);
  console.log(`    ${detail} ${errors.map((error) => `${error.path}: ${error.message}`).join("; ")}\n`);
}
