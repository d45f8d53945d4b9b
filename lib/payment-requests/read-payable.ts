import type { OrderStatus } from "@/prisma/generated/enums";
import { db } from "../db";
import type { Money } from "../money";

/** What an order costs and which attempt to pay for it is the present one. */
export async function readPayable(
  orderId: string,
): Promise<(Money & { status: OrderStatus; attempt: number }) | undefined> {
  const [order] = await db().$queryRaw<(Money & { status: OrderStatus; attempt: number })[]>`
    SELECT status, attempt, total_amount AS amount, currency FROM orders WHERE id = ${orderId}`;
  return order;
}
