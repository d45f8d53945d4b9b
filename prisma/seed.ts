import pg from "pg";
import { CATALOGUE } from "./seed-catalogue";

const SEEDED_AT = new Date("2026-01-01T00:00:00Z");
const CUSTOMERS = 200;

/** Who can sign in on a fresh local stack. */
export const OPERATORS = [
  { id: "usr_admin", email: "admin@steadfast.example", name: "Ada Admin", role: "admin" },
  { id: "usr_manager", email: "manager@steadfast.example", name: "Max Manager", role: "manager" },
] as const;

const FIRST = [
  "Amira",
  "Ben",
  "Clara",
  "Dario",
  "Elif",
  "Finn",
  "Greta",
  "Hugo",
  "Ines",
  "Jonas",
  "Kaja",
  "Liam",
  "Mina",
  "Noah",
  "Olga",
  "Paul",
  "Rosa",
  "Sami",
  "Tara",
  "Uwe",
];
const LAST = ["Almeida", "Becker", "Costa", "Dubois", "Eriksen", "Fischer", "Garcia", "Hansen", "Ivanova", "Jansen"];

const PLANS = [
  { id: "plan_plus", name: "Steadfast Plus", description: "Free shipping, all month.", amount: 900, interval: "month" },
  {
    id: "plan_studio",
    name: "Steadfast Studio",
    description: "Free shipping and first pick of every drop.",
    amount: 2_900,
    interval: "month",
  },
  {
    id: "plan_plus_year",
    name: "Steadfast Plus, yearly",
    description: "Twelve months of Plus for the price of ten.",
    amount: 9_000,
    interval: "year",
  },
];

/** The same every time, and only what is missing: seeding again changes nothing that happened since. */
export async function seed(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query("BEGIN");
    const products = CATALOGUE.map((product, index) => ({
      id: `prod_${String(index + 1).padStart(3, "0")}`,
      ...product,
    }));
    await client.query(
      `INSERT INTO products (id, sku, name, description, price_amount, currency, active, created_at, updated_at)
       SELECT id, sku, name, description, price, 'EUR', true, $2, $2
       FROM jsonb_to_recordset($1) AS p(id text, sku text, name text, description text, price int) ON CONFLICT DO NOTHING`,
      [JSON.stringify(products), SEEDED_AT],
    );
    await client.query(
      `INSERT INTO inventory (product_id, available, received)
       SELECT id, stock, stock FROM jsonb_to_recordset($1) AS p(id text, stock int) ON CONFLICT DO NOTHING`,
      [JSON.stringify(products)],
    );
    await client.query(
      `INSERT INTO users (id, email, name, role, email_verified, created_at, updated_at)
       SELECT id, email, name, role::role, true, $2, $2
       FROM jsonb_to_recordset($1) AS u(id text, email text, name text, role text) ON CONFLICT DO NOTHING`,
      [JSON.stringify([...OPERATORS, ...customers()]), SEEDED_AT],
    );
    await client.query(
      `INSERT INTO customer_search (user_id, name, email, version)
       SELECT id, name, email, updated_at FROM users ON CONFLICT DO NOTHING`,
    );
    await client.query(
      `INSERT INTO plans (id, name, description, amount, currency, interval, active, created_at)
       SELECT id, name, description, amount, 'EUR', interval::plan_interval, true, $2
       FROM jsonb_to_recordset($1) AS p(id text, name text, description text, amount int, interval text) ON CONFLICT DO NOTHING`,
      [JSON.stringify(PLANS), SEEDED_AT],
    );
    await client.query("COMMIT");
  } finally {
    await client.end();
  }
}

function customers() {
  return Array.from({ length: CUSTOMERS }, (_, index) => {
    const first = FIRST[index % FIRST.length];
    const last = LAST[Math.floor(index / FIRST.length) % LAST.length];
    return {
      id: `usr_${String(index + 1).padStart(3, "0")}`,
      email: `${first}.${last}@customers.example`.toLowerCase(),
      name: `${first} ${last}`,
      role: "customer",
    };
  });
}
