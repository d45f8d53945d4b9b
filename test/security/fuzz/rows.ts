import type { Query } from "./fixtures";

/**
 * The tables whose rows only requests insert, with the condition that tells them from rows of functions and the columns that only
 * requests change. A refused request must change none of them. Functions work at the same time, so other tables are not compared.
 */
const TABLES: [table: string, condition?: string, columns?: string][] = [
  ["orders", "", "email, shipping_address"],
  ["order_lines"],
  ["order_tags"],
  ["products", "", "name, description, price_amount, active"],
  ["stock_movements", "", "delta"],
  ["coupons", "created_by IS NOT NULL", "deactivated_at"],
  ["broadcasts"],
  ["imports"],
  ["jobs"],
  ["expenses", "", "amount"],
  ["subscriptions", "", "payment_method"],
  ["plans", "", "name, description, active"],
  ["webhook_endpoints", "", "url, secret, events"],
  ["push_subscriptions"],
  ["users", "", "name, email, role"],
  ["profiles", "", "phone, address"],
  ["accounts", "", "password"],
  ["api_keys", "", "permissions"],
  ["notes"],
  ["role_changes"],
  ["payout_accounts"],
  ["shipments"],
  ["experiment_ends"],
  ["idempotency_records"],
  ["email_preferences"],
];

/** Returns a line for each table. Two results are equal if no request has changed a row. */
export async function rowsOf(sql: Query): Promise<string> {
  const each = TABLES.map(
    ([table, condition, columns]) =>
      `SELECT '${table}: ' || count(*) || coalesce(' ' || sum(hashtext((${columns ?? "NULL::text"})::text)), '') AS state
       FROM ${table}${condition ? ` WHERE ${condition}` : ""}`,
  );
  const states = await sql<{ state: string }>(each.join(" UNION ALL "));
  return states.map(({ state }) => state).join("\n");
}
