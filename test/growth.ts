/** A shop with many rows: copies of one row of each table that grows with the orders. */

/** The tables that grow, in the order of their foreign keys, with what differs between two copies of a row. `i` numbers the copies. */
export const GROWING: [table: string, differs: string][] = [
  ["users", `'role', 'customer', 'id', 'user_x' || i, 'email', 'x' || i || '@customers.example', 'external_id', NULL`],
  ["customer_search", `'user_id', 'user_x' || i, 'email', 'x' || i || '@customers.example'`],
  [
    "orders",
    `'id', 'ord_x' || i, 'number', 10000000 + i, 'email', 'x' || i || '@customers.example', 'external_id', NULL`,
  ],
  ["order_lines", `'order_id', 'ord_x' || i`],
  ["order_tags", `'order_id', 'ord_x' || i, 'tag', 'x' || i`],
  ["order_events", `'order_id', 'ord_x' || i, 'id', 10000000 + i`],
  ["reservations", `'order_id', 'ord_x' || i`],
  [
    "payments",
    `'order_id', 'ord_x' || i, 'id', 'pay_x' || i, 'idempotency_key', 'x' || i, 'intent_id', 'pi_x' || i, 'external_id', NULL`,
  ],
  [
    "emails",
    `'id', 'email_x' || i, 'recipient', 'x' || i || '@customers.example', 'entity_id', 'ord_x' || i, 'provider_id', 'x' || i, 'batch_id', NULL`,
  ],
  ["outbox", `'id', 'outbox_x' || i, 'data', jsonb_build_object('orderId', 'ord_x' || i)`],
  ["webhook_inbox", `'id', 'evt_x' || i`],
  ["idempotency_records", `'key', 'x' || i`],
];

/** The copies from `from` to `to`, the first at `since`. */
interface Copies {
  from: number;
  to: number;
  since?: Date;
  /** The time between two copies. */
  everyMs: number;
}

/** Copies a row of each table. */
export async function grow(sql: (text: string) => Promise<unknown>, copies: Copies): Promise<void> {
  const { from, to, since = new Date("2025-12-01"), everyMs } = copies;
  const at = `timestamptz '${since.toISOString()}' + i * interval '${everyMs} milliseconds'`;
  for (const [table, differs] of GROWING)
    await sql(
      `INSERT INTO ${table} SELECT (jsonb_populate_record(original, jsonb_build_object(${differs}, 'created_at', ${at}))).*
       FROM (SELECT t AS original FROM ${table} t LIMIT 1) one, generate_series(${from}, ${to}) AS i`,
    );
  await sql("ANALYZE");
}
