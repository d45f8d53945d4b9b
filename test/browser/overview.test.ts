import pg from "pg";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { crons } from "@/lib/heartbeats";
import { INVARIANTS } from "@/lib/invariants";
import { openBrowser } from "./browser";
import { buy, newEmail } from "./buying";

const { shop, visitor, signedIn } = openBrowser();
const database = new pg.Client({ connectionString: shop.database });
beforeAll(() => database.connect());
afterAll(() => database.end());

/** Waits until the page shows the status of an invariant. */
const invariant = (page: Page, id: string, status: "holds" | "violated") =>
  page
    .getByRole("listitem")
    .filter({ has: page.getByText(id, { exact: true }) })
    .getByText(new RegExp(`^\\W*${status}$`))
    .waitFor();

test("the overview shows that every invariant holds, every check passes and no order is stuck", async () => {
  const { page, visit } = await signedIn("manager");
  await visit("/console");
  await page.getByRole("button", { name: "Check now" }).click();
  for (const id of Object.keys(INVARIANTS)) await invariant(page, id, "holds");
  await page.getByText("No stuck orders.").waitFor();
  expect(await page.getByText("✗").count()).toBe(0);
  for (const { name } of crons()) await page.getByRole("row", { name: new RegExp(`^${name} `) }).waitFor();
});

test("the overview names a violated invariant, a stuck order, an old outbox event and a late cron, with durations", async () => {
  const customer = await visitor();
  await buy(customer.page, "Kitchen scale", newEmail("stuck"), "Card that asks for 3-D Secure");
  await customer.page.getByRole("link", { name: "Go to my bank" }).waitFor();
  const orderId = new URL(customer.page.url()).pathname.split("/").at(-1) ?? "";
  const { rows } = await database.query("SELECT at FROM cron_heartbeats WHERE name = 'cleanup-old-data'");
  try {
    await database.query(
      `INSERT INTO cron_heartbeats (name, at, run_id, interval_ms) VALUES ('cleanup-old-data', now() - interval '40 days', 'run', $1)
       ON CONFLICT (name) DO UPDATE SET at = excluded.at, run_id = excluded.run_id`,
      [7 * 24 * 3_600_000],
    );
    await database.query(
      "INSERT INTO outbox (id, name, data, created_at, not_before) VALUES ('test:stuck', 'email/sent', '{}', now() - interval '3 hours', '2999-01-01')",
    );
    await database.query("UPDATE orders SET deadline_at = now() - interval '2 hours 5 minutes' WHERE id = $1", [
      orderId,
    ]);
    // The reconciler would end the order at the next full minute. The row lock stops it.
    await database.query("BEGIN");
    await database.query("SELECT 1 FROM orders WHERE id = $1 FOR UPDATE", [orderId]);
    const { page, visit } = await signedIn("manager");
    await visit("/console");
    await page.getByRole("button", { name: "Check now" }).click();
    await invariant(page, "I3", "violated");
    await page.getByText("an order is open past its deadline:").waitFor();
    await invariant(page, "I5", "violated");
    await page.getByText("test:stuck").waitFor();
    await invariant(page, "I1", "holds");
    await page.getByText("3 hours", { exact: true }).waitFor();
    const late = page.getByRole("row", { name: /^cleanup-old-data/ });
    expect(await late.textContent()).toMatch(/✗ Late.*was due 33 days ago/);
    const stuck = page.getByRole("listitem").filter({ hasText: "past its deadline for 2 hours" });
    await stuck.getByRole("link").click();
    await page.waitForURL(`**/console/orders/${orderId}`);
  } finally {
    await database.query("ROLLBACK");
    await database.query("DELETE FROM outbox WHERE id = 'test:stuck'");
    await database.query("DELETE FROM cron_heartbeats WHERE name = 'cleanup-old-data' AND run_id = 'run'");
    if (rows.length > 0)
      await database.query(
        "INSERT INTO cron_heartbeats (name, at, interval_ms) VALUES ('cleanup-old-data', $1, $2) ON CONFLICT DO NOTHING",
        [rows[0].at, 7 * 24 * 3_600_000],
      );
  }
});

test("the navigation of the console marks the current section, also on the page of an order", async () => {
  const customer = await visitor();
  await buy(customer.page, "Stoneware mug", newEmail());
  const { page } = await signedIn("manager");
  const current = page.getByRole("navigation", { name: "Console" }).locator("[aria-current=page]");
  await page.goto("/console");
  expect(await current.allInnerTexts()).toEqual(["Overview"]);
  await page.getByRole("link", { name: "Orders", exact: true }).click();
  await page.getByRole("heading", { name: "Orders", exact: true }).waitFor();
  expect(await current.allInnerTexts()).toEqual(["Orders"]);
  const fontWeight = (name: string) =>
    page.getByRole("link", { name, exact: true }).evaluate((link) => Number(getComputedStyle(link).fontWeight));
  expect(await fontWeight("Orders")).toBeGreaterThan(await fontWeight("Emails"));
  await page.locator("tbody").getByRole("link").first().click();
  await page.getByRole("heading", { name: /^Order \d/ }).waitFor();
  expect(await current.allInnerTexts()).toEqual(["Orders"]);
});
