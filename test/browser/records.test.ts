import { beforeAll, expect, test } from "vitest";
import { openBrowser } from "./browser";
import { newEmail, order } from "./buying";

/** An order that was shipped, on the pages of the console. */
const { shop, receivedEmail, signedIn } = openBrowser();

/** As long as the numbers of DHL. */
const TRACKING_NUMBER = "00340434161094042557";

let product = "";
let shipped: Awaited<ReturnType<typeof order>>;
beforeAll(async () => {
  const { page, close } = await signedIn("manager");
  const data = { sku: "RECORD-1", name: "Recorded lamp", price: { amount: 4_000, currency: "EUR" }, stock: 50 };
  const created = await page.request.post("/api/admin/products", { data });
  expect(created.status(), await created.text()).toBe(201);
  product = (await created.json()).id;
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
  const titleOf = async (path: string) => {
    await page.goto(path);
    return page.title();
  };
  const orderPage = `/console/orders/${shipped.id}`;
  expect(await titleOf(orderPage)).toBe(`Order ${shipped.number} · Console`);
  expect(await titleOf(`${orderPage}/packing-slip`)).toBe(`Packing slip, order ${shipped.number} · Console`);
  expect(await titleOf(`/console/products/${product}`)).toBe("Recorded lamp · Console");
  const customer = await signedIn("customer");
  for (const path of [orderPage, `/console/products/${product}`, `/orders/${shipped.id}`]) {
    await customer.page.goto(path);
    expect(await customer.page.content()).not.toMatch(new RegExp(`${shipped.number}|Recorded lamp`));
  }
});
