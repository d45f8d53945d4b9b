/**
 * A shop with many orders, made by SQL. Each table that grows with them gets copies of its first row, with other keys, times,
 * addresses, names, products and statuses, so that the statistics of PostgreSQL are those of a shop.
 */

/** A table that grows with the orders. */
interface GrowingTable {
  name: string;
  /** What differs from the first row: SQL by column. `c` is the copy. */
  differs: Record<string, string>;
  /** Which copies have a row; all by default. */
  only?: string;
  /** A further source of rows, for several rows of one copy. */
  join?: string;
}

const pick = (values: string[], index: string) =>
  `(ARRAY['${values.join("','")}'])[1 + (${index})::int % ${values.length}]`;
const FIRST_NAMES = ["Ada", "Ben", "Carla", "Dev", "Emil", "Finja", "Greta", "Hugo", "Ines", "Jonas", "Kim", "Lena"];
const LAST_NAMES = ["Arn", "Brand", "Cost", "Dietz", "Egg", "Fuchs", "Graf", "Haas", "Iver", "Jung", "Kell", "Lind"];
const LAST_ENDS = ["", "er", "mann", "feld", "berg", "sen", "hof"];
const DOMAINS = ["customers.example", "mail.example", "post.example", "inbox.example"];
/** The statuses of twenty orders. The units of most are sold. */
const STATUSES = [
  ...Array(11).fill("confirmed"),
  ...["shipped", "delivered", "delivered", "delivered", "delivered", "delivered"],
  ...["failed", "failed", "cancelled"],
];
const SOLD = "c.status NOT IN ('failed', 'cancelled')";
const SHIPPED = "c.status IN ('shipped', 'delivered')";

/** The timeline entries of a copy that have an email, as rows of `type`, `key` and `entity`, the subject of the email. */
const ENTRIES = `CROSS JOIN LATERAL (VALUES
    ('order_confirmed', '', c.order_id, ${SOLD}), ('order_shipped', c.shipment_id, c.shipment_id, ${SHIPPED}),
    ('order_delivered', '', c.order_id, c.status = 'delivered'), ('order_cancelled', '', c.order_id, c.status = 'cancelled'),
    ('order_failed', '1', c.order_id || ':1', c.status = 'failed')) e(type, key, entity, happened)`;

const TABLES: GrowingTable[] = [
  // The largest first, because two are filled at once.
  {
    name: "emails",
    differs: {
      ...{ id: "'email_x' || c.i || e.type", kind: "e.type", entity_id: "e.entity", recipient: "c.email" },
      ...{ status: "'sent'", sent_at: "c.at", provider_id: "'x' || c.i || e.type", batch_id: "NULL" },
      // A body is stored apart from its row, and takes most of the time.
      ...{ html: "'<p>Thank you</p>'", text: "'Thank you'" },
    },
    join: ENTRIES,
    only: "e.happened",
  },
  {
    name: "orders",
    differs: {
      ...{ id: "c.order_id", number: "10000000 + c.i", email: "c.email", name: "c.name", status: "c.status" },
      ...{ external_id: "NULL", token: "'x' || c.i", total_amount: "original.total_amount * c.units" },
      end_reason: `CASE WHEN NOT (${SOLD}) THEN 'payment_failed' END`,
    },
  },
  {
    name: "order_events",
    differs: {
      ...{ id: "nextval('order_events_id_seq')", order_id: "c.order_id", type: "e.type", key: "e.key" },
      at: "c.at",
    },
    join: ENTRIES,
    only: "e.happened",
  },
  {
    name: "users",
    differs: { id: "c.user_id", email: "c.email", name: "c.name", role: "'customer'", external_id: "NULL" },
  },
  {
    name: "customer_search",
    differs: { user_id: "c.user_id", email: "c.email", name: "c.name", version: "c.at" },
  },
  {
    name: "order_lines",
    differs: { order_id: "c.order_id", product_id: "c.product_id", quantity: "original.quantity * c.units" },
  },
  { name: "order_tags", differs: { order_id: "c.order_id", tag: "'x' || c.i" } },
  {
    name: "reservations",
    differs: {
      ...{ order_id: "c.order_id", product_id: "c.product_id", quantity: "original.quantity * c.units" },
      status: `CASE WHEN ${SOLD} THEN 'committed' ELSE 'released' END`,
    },
  },
  {
    name: "payments",
    differs: {
      ...{ id: "'pay_x' || c.i", order_id: "c.order_id", intent_id: "'pi_x' || c.i", external_id: "NULL" },
      ...{ idempotency_key: "'x' || c.i", amount: "original.amount * c.units" },
      status: `CASE WHEN ${SOLD} THEN 'succeeded' ELSE 'canceled' END`,
      captured: `CASE WHEN ${SOLD} THEN original.amount * c.units ELSE 0 END`,
    },
  },
  {
    name: "shipments",
    differs: {
      ...{ id: "c.shipment_id", order_id: "c.order_id", carrier: "'dhl'", tracking_number: "'track-x' || c.i" },
      ...{ shipped_by: "'bench'", shipped_at: "c.at" },
      delivered_at: "CASE WHEN c.status = 'delivered' THEN c.at END",
    },
    only: SHIPPED,
  },
  {
    name: "shipment_items",
    differs: { shipment_id: "c.shipment_id", product_id: "c.product_id", quantity: "c.units" },
    only: SHIPPED,
  },
  {
    name: "coupons",
    differs: {
      ...{ code: "'X' || c.i", kind: "'percent'", percent: "10", amount: "NULL", currency: "NULL", order_id: "NULL" },
      ...{ email: "c.email", gift_email: "c.email", gift_user_id: "NULL", gift_order_id: "c.order_id" },
    },
    only: "c.status = 'confirmed'",
  },
  {
    name: "outbox",
    differs: {
      ...{ id: "'outbox_x' || c.i", name: "'order/created'", data: "jsonb_build_object('orderId', c.order_id)" },
      ...{ sent_at: "c.at", not_before: "c.at" },
    },
  },
  {
    name: "webhook_inbox",
    differs: {
      ...{ id: "'evt_x' || c.i", provider: "'resend'", type: "'email.delivered'", object_id: "'x' || c.i" },
      ...{ received_at: "c.at", processed_at: "c.at" },
      payload:
        "jsonb_build_object('data', jsonb_build_object('tags', jsonb_build_object('email_id', 'email_x' || c.i)))",
    },
  },
  {
    name: "idempotency_records",
    differs: { scope: "'checkout'", key: "'x' || c.i", fingerprint: "'x'" },
  },
];

/** The names of the tables that grow with the orders. */
export const GROWING = TABLES.map(({ name }) => name);

/** The copies from `from` to `to`, spread evenly over a time. */
interface Copies {
  from: number;
  to: number;
  since: Date;
  until: Date;
}

type Sql = <T extends Record<string, unknown>>(text: string) => Promise<T[]>;

/**
 * Adds copies to every table. Foreign keys are not checked, and indexes are made again afterwards: one by one, their entries take
 * most of the time. `sql` has two connections or more.
 */
export async function grow(sql: Sql, copies: Copies): Promise<void> {
  await sql("CREATE SCHEMA IF NOT EXISTS originals");
  const queue = [...TABLES];
  const work = async () => {
    for (let table = queue.shift(); table; table = queue.shift()) await copyRows(sql, table, copies);
  };
  await Promise.all([work(), work()]);
  await sql(`UPDATE inventory i SET sold = r.sold, received = i.available + i.reserved + r.sold FROM
    (SELECT product_id, sum(quantity) AS sold FROM reservations WHERE status = 'committed' GROUP BY 1) r WHERE r.product_id = i.product_id`);
  await sql("VACUUM ANALYZE");
}

async function copyRows(sql: Sql, { name, differs, only = "true", join = "" }: GrowingTable, copies: Copies) {
  const columns = await sql<{ name: string; type: string }>(
    `SELECT attname AS name, format_type(atttypid, atttypmod) AS type FROM pg_attribute
     WHERE attrelid = '${name}'::regclass AND attnum > 0 AND NOT attisdropped`,
  );
  const own = { created_at: "c.at", updated_at: "c.at", ...differs };
  const value = (column: string, type: string) =>
    column in own ? `(${own[column as keyof typeof own]})::${type}` : `original."${column}"`;
  const { from, to, since, until } = copies;
  const everyMs = (until.getTime() - since.getTime()) / (to - from + 1);
  const indexes = await sql<{ name: string; definition: string }>(
    `SELECT indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS definition FROM pg_index
     WHERE indrelid = '${name}'::regclass AND NOT indisprimary`,
  );
  // The rows that a second growth finds include copies.
  await sql(`CREATE TABLE IF NOT EXISTS originals.${name} AS SELECT * FROM ${name} LIMIT 1`);
  await sql(`BEGIN;
    SET LOCAL session_replication_role = replica;
    SET LOCAL maintenance_work_mem = '1GB';
    ${indexes.map((index) => `DROP INDEX ${index.name};`).join("\n")}
    INSERT INTO ${name} (${columns.map((column) => `"${column.name}"`)})
    SELECT ${columns.map((column) => value(column.name, column.type))}
    FROM (
      SELECT i, 'ord_x' || i AS order_id, 'ship_x' || i AS shipment_id, 'user_x' || i AS user_id, 1 + i % 3 AS units,
        timestamptz '${since.toISOString()}' + (i - ${from}) * ${everyMs}::float8 * interval '1 millisecond' AS at,
        ${pick(STATUSES, "i * 7")} AS status, 'x' || i || '@' || ${pick(DOMAINS, "i")} AS email,
        ${pick(FIRST_NAMES, "i")} || ' ' || ${pick(LAST_NAMES, "i / 12")} || ${pick(LAST_ENDS, "i / 144")} AS name,
        products.ids[1 + floor(cardinality(products.ids) * power(i % 997 / 997.0, 3))::int] AS product_id
      FROM generate_series(${from}, ${to}) AS i, (SELECT array_agg(id ORDER BY id) AS ids FROM products) products
    ) c ${join} LEFT JOIN originals.${name} original ON true
    WHERE ${only};
    ${indexes.map((index) => `${index.definition};`).join("\n")}
    COMMIT`);
}
