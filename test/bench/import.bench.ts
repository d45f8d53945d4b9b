import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { afterEach, expect, test } from "vitest";
import { type BulkRig, openBulkRig } from "./bulk-rig";

let rig: BulkRig;
const server = createServer();
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await rig.close();
});

const say = (what: string, value: string | number) => console.log(`  ${what.padEnd(64)} ${value}`);

interface View {
  status: string;
  problem: unknown;
  counts: { created: number; updated: number; unchanged: number; bad: number };
}

const PRODUCTS = 1_000_000;
const HEADER = "sku,quantity\n";

/** The rows of a stock file, made while it is sent: a product each, and each thousandth row a bad one. */
function* rows(count: number): Generator<string> {
  yield HEADER;
  for (let n = 1; n <= count; ) {
    let block = "";
    for (const end = Math.min(count, n + 999); n <= end; n++)
      block += `BULK-${String(n % PRODUCTS).padStart(7, "0")},${n % 1_000 === 0 ? "many" : 1 + (n % 977)}\n`;
    yield block;
  }
}

async function take(url: string): Promise<View> {
  const { id } = await rig.manager<{ id: string }>("POST", "/api/admin/imports", { url, type: "stock" });
  const view = () => rig.manager<View>("GET", `/api/admin/imports/${id}?limit=1`);
  await rig.clock.runUntil(async () => ["done", "failed", "manual"].includes((await view()).status), 24 * 60 * 60_000);
  return view();
}

test("a CSV of 1,000,000 rows, in constant memory", async () => {
  rig = await openBulkRig({ IMPORT_LIMIT_MS: "3600000" });
  await rig.sql(
    `INSERT INTO products (id, sku, name, description, price_amount, currency, created_at, updated_at)
     SELECT 'bulk' || lpad(n::text, 7, '0'), 'BULK-' || lpad(n::text, 7, '0'), 'Thing', '', 100, 'EUR', '2026-01-01', '2026-01-01'
     FROM generate_series(0, $1::int - 1) n`,
    [PRODUCTS],
  );
  await rig.sql(
    "INSERT INTO inventory (product_id, available, received) SELECT id, 0, 0 FROM products WHERE id LIKE 'bulk%'",
  );
  await rig.sql("ANALYZE products, inventory");
  server.on("request", (request, response) => {
    response.writeHead(200, { "content-type": "text/csv" });
    Readable.from(rows(Number(request.url?.slice(1)))).pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const measured: { rows: number; held: number; rss: number }[] = [];
  for (const count of [100_000, 1_000_000]) {
    await rig.forgetPeaks();
    const start = performance.now();
    const view = await take(`${origin}/${count}`);
    const seconds = (performance.now() - start) / 1_000;
    const { peakHeld, peakRss } = rig.memory();
    measured.push({ rows: count, held: peakHeld, rss: peakRss });
    expect([view.status, view.problem]).toEqual(["done", null]);
    expect(view.counts.bad).toBe(count / 1_000);
    expect(view.counts.updated + view.counts.unchanged).toBe(count - count / 1_000);
    say(`${count.toLocaleString("en")} rows: rows a second`, (count / seconds).toFixed(0));
    say(
      `${count.toLocaleString("en")} rows: peak of memory held, and resident, MB`,
      `${peakHeld.toFixed(0)}, ${peakRss.toFixed(0)}`,
    );
  }
  const [small, large] = measured;
  // Ten times the rows, the same memory; what is resident also depends on when the collector comes round.
  expect((large?.held ?? 0) - (small?.held ?? 0)).toBeLessThan(50);
  expect((large?.rss ?? 0) - (small?.rss ?? 0)).toBeLessThan(300);
}, 600_000);
