import { readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "csv-parse/sync";
import pg from "pg";

const SEEDED_AT = new Date("2026-01-01T00:00:00Z");
const CUSTOMERS = 200;

/** The users that can sign in on a new local stack. */
export const OPERATORS = [
  { id: "usr_admin", email: "admin@steadfast.example", name: "Ada Admin", role: "admin" },
  { id: "usr_manager", email: "manager@steadfast.example", name: "Max Manager", role: "manager" },
] as const;

const FIRST =
  "Amira Ben Clara Dario Elif Finn Greta Hugo Ines Jonas Kaja Liam Mina Noah Olga Paul Rosa Sami Tara Uwe".split(" ");
const LAST = "Almeida Becker Costa Dubois Eriksen Fischer Garcia Hansen Ivanova Jansen".split(" ");

const PLANS = [
  ["plan_plus", "Steadfast Plus", "Free shipping, all month.", 900, "month"],
  ["plan_studio", "Steadfast Studio", "Free shipping and early access to every release.", 2_900, "month"],
  ["plan_plus_year", "Steadfast Plus, yearly", "Twelve months of Plus for the price of ten.", 9_000, "year"],
].map(([id, name, description, amount, interval]) => ({ id, name, description, amount, interval }));

/** Seeds catalogue (prices in cents), users and plans. The rows are always the same, and existing rows are not changed. */
export async function seed(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query("BEGIN");
    const catalogue = readFileSync(path.resolve("prisma/seed-catalogue.csv"));
    const products = parse<object>(catalogue, { columns: true, cast: true }).map((product, index) => ({
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
      `INSERT INTO users (id, email, name, role, email_verified, verified_at, created_at, updated_at)
       SELECT id, email, name, role::role, true, $2, $2, $2
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
