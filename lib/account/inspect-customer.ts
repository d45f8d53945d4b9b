import { z } from "zod";
import { Role, SuppressionReason } from "@/prisma/generated/enums";
import { addressLines, addressSchema } from "../address";
import { db } from "../db";
import { preferencesOf, suppressionsOf } from "../email/consent";
import { notFound } from "../errors";
import { moneySchema, timeSchema } from "../view-schemas";

/** A user as the console shows them. */
export const inspectedCustomerSchema = z.strictObject({
  ...{ id: z.string(), name: z.string(), email: z.string(), role: z.enum(Role), phone: z.string().nullable() },
  orders: z.int().describe("Orders with this address, placed with or without the account."),
  spend: z.array(moneySchema).describe("Captured minus refunded money of these orders, one amount for each currency."),
  addresses: z
    .array(z.array(z.string()))
    .describe("The lines of the address of the account, then of the last orders, each once."),
  consent: z
    .strictObject({ marketing: z.boolean(), product_news: z.boolean(), digest: z.boolean() })
    .describe("The optional emails that the user gets."),
  suppressed: z
    .array(z.enum(SuppressionReason))
    .describe("Why the address gets no or less email; none if it gets all."),
  createdAt: timeSchema,
  lastSeenAt: timeSchema.nullable(),
});

/** The orders whose addresses are shown. */
const RECENT_ORDERS = 20;

/** Returns a user for the console. @throws AppError `not_found` (404) */
export async function inspectCustomer(id: string) {
  const user = await db().user.findUnique({
    where: { id },
    select: {
      ...{ id: true, name: true, email: true, role: true, createdAt: true },
      profile: { select: { phone: true, address: true } },
      activity: { select: { lastAt: true } },
    },
  });
  if (!user) throw notFound("user");
  const { profile, activity, ...rest } = user;
  const [orders, spend, recent, consent, suppressed] = await Promise.all([
    db().order.count({ where: { email: user.email } }),
    db().$queryRaw<{ currency: string; amount: number }[]>`
      SELECT p.currency, sum(p.captured - p.refunded)::float8 AS amount
      FROM orders o JOIN payments p ON p.order_id = o.id WHERE o.email = ${user.email}
      GROUP BY p.currency HAVING sum(p.captured) > 0 ORDER BY amount DESC`,
    db().order.findMany({
      where: { email: user.email },
      orderBy: [{ createdAt: "desc" }, { id: "desc" }],
      take: RECENT_ORDERS,
      select: { name: true, shippingAddress: true },
    }),
    preferencesOf(user.email),
    suppressionsOf(user.email),
  ]);
  const addresses = [
    { name: user.name, stored: profile?.address },
    ...recent.map(({ name, shippingAddress }) => ({ name, stored: shippingAddress })),
  ].flatMap(({ name, stored }) => {
    const address = addressSchema.safeParse(stored).data;
    return address ? [addressLines(address, name)] : [];
  });
  return {
    ...rest,
    phone: profile?.phone ?? null,
    ...{ orders, spend, consent },
    addresses: [...new Map(addresses.map((lines) => [lines.join("\n"), lines])).values()],
    suppressed,
    lastSeenAt: activity?.lastAt ?? null,
  };
}
