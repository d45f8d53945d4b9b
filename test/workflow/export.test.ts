import { afterEach, expect, test } from "vitest";
import { signedIn } from "./operator";
import { audit, openShop } from "./shop";

const shop = openShop();
afterEach(audit);

test("orders as CSV: each one once, across pages, filtered, and no customer's name is a formula", async () => {
  const manager = await signedIn(shop);
  const product = await shop.product(5);
  const placed = await shop.checkout(product, { name: '=HYPERLINK("http://evil.example")' });
  await shop.finish(placed);
  await shop.sql(
    `INSERT INTO orders (id, token, status, total_amount, currency, email, payment_method, end_reason, deadline_at, created_at, updated_at)
     SELECT 'ord_x' || n, 't', 'failed', 100, 'EUR', 'past@x.example', 'pm', 'payment_declined', '2026-01-01', '2025-12-01', '2026-01-01'
     FROM generate_series(1, 1200) n`,
  );
  const answer = await manager.get("/api/admin/exports/orders.csv");
  expect(answer.headers.get("content-type")).toContain("text/csv");
  const lines = (await answer.text()).split("\r\n");
  expect(lines[0]).toBe(
    "number,id,status,placed_at,email,name,phone,currency,total,discount,coupon,captured,refunded,items,ship_to,line1,line2,postal_code,city,region,country,tracking_numbers,tags",
  );
  const ids = lines.slice(1, -1).map((line) => line.split(",")[1]);
  const [{ count }] = (await shop.sql("SELECT count(*)::int AS count FROM orders")) as [{ count: number }];
  expect(ids).toHaveLength(count);
  expect(new Set(ids).size).toBe(count);
  const row = lines.find((line) => line.includes(placed.id));
  expect(row).toContain(`,"'=HYPERLINK(""http://evil.example"")",,EUR,25.00,0.00,,25.00,0.00,1 x ${product},`);

  const forExcel = await manager.get("/api/admin/exports/orders.csv?bom=true&separator=semicolon&status=confirmed");
  const bytes = Buffer.from(await forExcel.arrayBuffer());
  expect(bytes.subarray(0, 10).toString()).toBe("\uFEFFnumber;");
  expect(bytes.toString()).toContain(
    `;"'=HYPERLINK(""http://evil.example"")";;EUR;25.00;0.00;;25.00;0.00;1 x ${product};`,
  );

  const confirmed = await (await manager.get("/api/admin/exports/orders.csv?status=confirmed")).text();
  expect(confirmed.trim().split("\r\n")).toHaveLength(2);
  const old = await (await manager.get("/api/admin/exports/orders.csv?to=2025-12-31T00:00:00Z")).text();
  expect(old.trim().split("\r\n")).toHaveLength(1_201);
  const filter = `status=failed&min=1&max=1,00&from=2025-12-01&to=2025-12-01&q=${encodeURIComponent("AST@x.")}`;
  const filtered = await (await manager.get(`/api/admin/exports/orders.csv?${filter}`)).text();
  expect(filtered.trim().split("\r\n")).toHaveLength(1_201);
  const chosen = await (await manager.get(`/api/admin/exports/orders.csv?ids=${placed.id},ord_x1,ord_none`)).text();
  expect(chosen.split("\r\n").map((line) => line.split(",")[1])).toEqual(["id", "ord_x1", placed.id, undefined]);
  expect((await manager.get("/api/admin/exports/orders.csv?ids=")).status).toBe(422);
  const dearer = await (await manager.get("/api/admin/exports/orders.csv?min=1.01")).text();
  expect(dearer.trim().split("\r\n")).toHaveLength(2);
});

test("only managers export, and an invalid query names the field", async () => {
  const customer = await signedIn(shop, "customer");
  expect((await fetch(`${shop.app}/api/admin/exports/orders.csv`)).status).toBe(401);
  expect((await customer.get("/api/admin/exports/orders.csv")).status).toBe(403);
  const manager = await signedIn(shop);
  const bad = await manager.get("/api/admin/exports/orders.csv?from=yesterday");
  expect([bad.status, ((await bad.json()) as { errors: { path: string }[] }).errors[0]?.path]).toEqual([422, "from"]);
});
