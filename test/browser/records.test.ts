import { beforeAll, expect, test } from "vitest";
import { openBrowser } from "./browser";
import { createProduct, newEmail, open, order } from "./buying";

/** The pages of single records, such as an order that was shipped, in the console and in the local services. */
const { shop, receivedEmail, signedIn, visitor } = openBrowser();

/** As long as the numbers of DHL. */
const TRACKING_NUMBER = "00340434161094042557";

let product = "";
let shipped: Awaited<ReturnType<typeof order>>;
beforeAll(async () => {
  const { page, close } = await signedIn("manager");
  product = await createProduct(page, { sku: "RECORD-1", name: "Recorded lamp", amount: 4_000 });
  shipped = await order(shop, product, { email: newEmail("record") });
  const shipment = await page.request.post(`/api/admin/orders/${shipped.id}/ship`, {
    data: { carrier: "DHL", trackingNumber: TRACKING_NUMBER },
  });
  expect(shipment.ok(), await shipment.text()).toBe(true);
  await receivedEmail(shipped.email, /on its way/);
  await close();
});

test("the title of a tab names the record, for managers only", async () => {
  const { page } = await signedIn("manager");
  // A refresh of the page replaces its title, and there is none for some frames.
  const hasTitle = async (path: string, title: string) => {
    await page.goto(path);
    await expect.poll(() => page.title()).toBe(title);
  };
  const orderPage = `/console/orders/${shipped.id}`;
  await hasTitle(orderPage, `Order ${shipped.number} · Console`);
  await hasTitle(`${orderPage}/packing-slip`, `Packing slip, order ${shipped.number} · Console`);
  await hasTitle(`/console/products/${product}`, "Recorded lamp · Console");
  const customer = await signedIn("customer");
  for (const path of [orderPage, `/console/products/${product}`, `/orders/${shipped.id}`]) {
    await customer.page.goto(path);
    expect(await customer.page.content()).not.toMatch(new RegExp(`${shipped.number}|Recorded lamp`));
  }
});

test("a tracking number in a table is on one line, and can be copied", async () => {
  const { page, visit } = await signedIn("manager", { permissions: ["clipboard-read", "clipboard-write"] });
  await visit(`/console/orders/${shipped.id}`);
  const number = page.getByRole("link", { name: TRACKING_NUMBER });
  expect(await number.evaluate((link) => link.getClientRects().length)).toBe(1);
  await page.getByRole("button", { name: "Copy tracking number" }).click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(TRACKING_NUMBER);
});

test("an order that is cancelled in part: its packing slip and its refund have only what was shipped", async () => {
  const { page, visit } = await signedIn("manager");
  const { id, email } = await order(shop, product, { email: newEmail("partly"), quantity: 3 });
  const parcel = { carrier: "DHL", trackingNumber: "PARTLY-1", items: [{ productId: product, quantity: 1 }] };
  expect((await page.request.post(`/api/admin/orders/${id}/ship`, { data: parcel })).ok()).toBe(true);
  expect((await page.request.post(`/api/orders/${id}/cancel`, { data: {} })).ok()).toBe(true);
  await receivedEmail(email, /back to you/);
  await visit(`/console/orders/${id}/packing-slip`);
  expect(await page.locator("td[data-label=Quantity]").allInnerTexts()).toEqual(["1"]);
  await visit(`/console/orders/${id}`);
  await open(page, "Refund");
  await page.getByText("of 1 × Recorded lamp").waitFor();
  expect(await page.getByText("of 3 × Recorded lamp").count()).toBe(0);
});

test("an order that is cancelled while it is held for review waits for no decision, and has nothing to pack", async () => {
  const { page, visit } = await signedIn("manager");
  const dear = await createProduct(page, { sku: "RECORD-2", name: "Recorded chandelier", amount: 900_000 });
  const statuses = ["pending", "awaiting_payment"];
  const { id } = await order(shop, dear, { email: newEmail("held"), statuses });
  await expect
    .poll(async () => (await (await page.request.get("/api/admin/orders?review=held")).json()).items)
    .toContainEqual(expect.objectContaining({ id }));
  expect((await page.request.post(`/api/orders/${id}/cancel`, { data: {} })).ok()).toBe(true);
  await visit(`/console/orders/${id}`);
  await page.getByText("Cancelled", { exact: true }).first().waitFor();
  // Only the timeline says that it was held.
  expect(await page.getByText("Held for review").count()).toBe(1);
  await visit(`/console/orders/${id}/packing-slip`);
  await page.getByText("Nothing to pack").waitFor();
});

test("an email address in a table is on one line, and breaks only after @ or before a dot on a phone", async () => {
  const { page, visit } = await signedIn("manager");
  await visit(`/console/orders?q=${encodeURIComponent(shipped.email)}`);
  const linesOf = () =>
    page.locator("td[data-label=Customer] > div").evaluate((cell) => {
      const range = document.createRange();
      const lines = new Map<number, string>();
      for (const node of [...cell.childNodes].filter((one) => one.nodeType === Node.TEXT_NODE))
        for (let at = 0; at < (node.textContent ?? "").length; at++) {
          range.setStart(node, at);
          range.setEnd(node, at + 1);
          const { bottom } = range.getBoundingClientRect();
          lines.set(bottom, (lines.get(bottom) ?? "") + (node.textContent ?? "")[at]);
        }
      return [...lines.values()];
    });
  expect(await linesOf()).toEqual([shipped.email]);
  await page.setViewportSize({ width: 320, height: 800 });
  const lines = await linesOf();
  expect(lines.join("")).toBe(shipped.email);
  expect(lines.length).toBeGreaterThan(1);
  for (const [index, line] of lines.slice(1).entries())
    expect(/[@_-]$/.test(lines[index] ?? "") || line.startsWith("."), `${lines[index]} / ${line}`).toBe(true);
});

test("the checkbox of a product is below the one that selects all, and beside its name", async () => {
  const { page, visit } = await signedIn("manager");
  await visit("/console/products?q=RECORD-1");
  for (const width of [1280, 390]) {
    await page.setViewportSize({ width, height: 900 });
    const middleOf = async (target: ReturnType<typeof page.getByLabel>) => {
      const { x, y, height } = (await target.boundingBox()) ?? expect.fail("not visible");
      return { x, middle: y + height / 2 };
    };
    const all = await middleOf(page.getByLabel("Select all on this page"));
    const box = await middleOf(page.getByLabel("Select Recorded lamp"));
    const name = await middleOf(page.getByRole("heading", { name: "Recorded lamp" }));
    expect(Math.abs(all.x - box.x), `${width} px`).toBeLessThan(1);
    expect(Math.abs(name.middle - box.middle), `${width} px`).toBeLessThan(3);
  }
});

test("an order's page: the way back, ids to copy, times in the viewer's zone, and a list of shortcuts", async () => {
  const { id } = shipped;
  const { page, visit, inspect } = await signedIn("manager", {
    timezoneId: "America/New_York",
    permissions: ["clipboard-read", "clipboard-write"],
  });
  await visit(`/console/orders/${id}`);
  await page.getByRole("button", { name: "Copy order id" }).click();
  await page.getByRole("status").filter({ hasText: "Copied" }).waitFor();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(id);
  await page.getByRole("button", { name: "Copy tracking number" }).waitFor();
  await page.getByRole("button", { name: "Copy payment id" }).first().waitFor();

  const time = page.locator("time").first();
  const at = new Date((await time.getAttribute("datetime")) ?? "");
  expect(await time.getAttribute("title")).toContain("(America/New_York)");
  const parts = { timeZone: "America/New_York", dateStyle: "short", timeStyle: "short" } as const;
  expect(await time.textContent()).toBe(at.toLocaleString("sv-SE", parts));

  await page.keyboard.press("?");
  await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
  await inspect();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "hidden" });
  await page.getByLabel("New note").press("?");
  expect(await page.getByLabel("New note").inputValue()).toBe("?");
  expect(await page.getByRole("dialog").count()).toBe(0);

  await page.getByRole("navigation", { name: "Breadcrumb" }).getByRole("link", { name: "Orders" }).click();
  await page.waitForURL("**/console/orders");
});

test("without JavaScript, times are in the store's zone, nothing offers to copy, and a refused refund says why", async () => {
  const { id } = shipped;
  const { page } = await signedIn("manager", { timezoneId: "America/New_York", javaScriptEnabled: false });
  await page.goto(`/console/orders/${id}`);
  const time = page.locator("time").first();
  expect(await time.getAttribute("title")).toContain("(UTC)");
  expect(await time.textContent()).toBe((await time.getAttribute("datetime"))?.slice(0, 16).replace("T", " "));
  expect(await page.getByRole("button", { name: "Copy order id" }).count()).toBe(0);
  await open(page, "Refund");
  await page.getByLabel("Amount").fill("9999.99");
  await page.getByLabel("Reason").fill("Generous");
  await page.getByRole("button", { name: "Confirm refund" }).click();
  await page.getByRole("alert").filter({ hasText: "exceeds the rest of the payment" }).waitFor();
});

test("the mailbox links each email about an order to it, also that of its shipment", async () => {
  const { page } = await visitor();
  await page.goto(`${shop.mailbox}/?to=${encodeURIComponent(shipped.email)}`);
  const row = page.getByRole("listitem").filter({ hasText: "is on its way" });
  const link = row.getByRole("link", { name: `Order ${shipped.number}`, exact: true });
  expect(await link.getAttribute("href")).toBe(`${shop.app}/console/orders/${shipped.id}`);
});

test("the local services show times in the zone of the reader, also in a part that is replaced", async () => {
  const { page } = await visitor({ timezoneId: "America/New_York" });
  await page.goto(shop.inngest);
  const time = page.locator("main time").first();
  const shown = async () => {
    // In one step, because the part may be replaced.
    const seen = await time.evaluate((element: HTMLTimeElement) => ({
      ...{ at: element.dateTime, text: element.textContent, title: element.title },
    }));
    const at = new Date(seen.at);
    // 2026-11-30, 05:04:03
    const [date, clock] = at.toLocaleString("sv-SE", { timeZone: "America/New_York" }).split(" ");
    expect(seen.text).toBe(`${date} ${clock}`);
    expect(seen.title).toBe(`America/New_York; ${at.toISOString().slice(0, 19).replace("T", " ")} UTC`);
  };
  await shown();
  const before = await page.locator("main").textContent();
  await order(shop, product, { email: newEmail("later") });
  await page.waitForFunction((old) => document.querySelector("main")?.textContent !== old, before);
  await shown();
});
