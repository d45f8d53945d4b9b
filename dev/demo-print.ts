import { styleText } from "node:util";
import { formatMoney } from "@/lib/money";
import type { Cart, OrderBody, Problem, ReceivedEmail } from "./demo-customer";

const SENTENCES: Record<string, (data: Record<string, unknown>) => string> = {
  order_placed: () => "placed",
  stock_reserved: () => "stock reserved",
  payment_action_required: () => "the bank requires authentication (3-D Secure)",
  payment_succeeded: (data) => `paid ${money(data)}`,
  payment_failed: (data) => `payment declined: ${String(data.code).replaceAll("_", " ")}`,
  payment_canceled: () => "payment canceled",
  payment_retried: () => "retried with another card",
  order_confirmed: () => "confirmed; the stock is sold",
  order_failed: (data) => `failed: ${String(data.reason).replaceAll("_", " ")}; the stock is released`,
  order_cancelled: () => "cancelled; the stock is released",
  refund_requested: (data) => `refund of ${money(data)} requested`,
  refund_succeeded: (data) => `${money(data)} refunded`,
  refund_failed: () => "the refund failed",
  refund_paid_otherwise: (data) => `${money(data)} paid back otherwise`,
  items_cancelled: () => "the unshipped items are cancelled",
};

const COLOURS = { confirmed: "green", failed: "red", cancelled: "yellow" } as const;

function money(data: Record<string, unknown>): string {
  return typeof data.amount === "number" && typeof data.currency === "string"
    ? formatMoney({ amount: data.amount, currency: data.currency })
    : "";
}

/** Prints an order with its timeline. */
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

export function printEmails(emails: ReceivedEmail[]): void {
  for (const { subject, text } of emails) {
    const first = text
      .split("\n")
      .filter((line) => line.trim())
      .slice(2, 4)
      .join(" ")
      .slice(0, 110);
    console.log(`    ${styleText("cyan", "    email")}  “${subject}”`);
    console.log(`               ${styleText("dim", `${first}…`)}`);
  }
  console.log("");
}

export function printProblem(title: string, { name }: Cart, { status, code, detail, errors = [] }: Problem): void {
  console.log(styleText("bold", title));
  console.log(`  No order · ${String(name)} · ${styleText("yellow", `HTTP ${status} ${code}`)}`);
  console.log(`    ${detail} ${errors.map((error) => `${error.path}: ${error.message}`).join("; ")}\n`);
}

/** Prints whether each invariant holds in the database of DATABASE_URL. Returns the violations. */
export async function checkInvariants(title: string): Promise<string[]> {
  const { findViolations, INVARIANTS } = await import("@/lib/invariants");
  const violations = await findViolations();
  console.log(styleText("bold", title));
  for (const [id, text] of Object.entries(INVARIANTS)) {
    const holds = !violations.some(({ invariant }) => invariant === id);
    console.log(`  ${holds ? styleText("green", "✓") : styleText("red", "✗")} ${id}  ${text}`);
  }
  return violations.map(({ invariant, what, id }) => `${invariant}: ${what} (${id})`);
}

/** Prints the problems and the result of a demo that began at `started`. Ends the process with status 1 if there are any. */
export function endDemo(problems: string[], started: number): never {
  for (const line of problems) console.error(styleText("red", `✗ ${line}`));
  const result = problems.length === 0 ? styleText("green", "Everything ended as expected.") : "Some checks failed.";
  console.log(`\n${result} ${((performance.now() - started) / 1_000).toFixed(0)} s in total.`);
  process.exit(problems.length === 0 ? 0 : 1);
}
