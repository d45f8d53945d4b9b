import type { Page, Request } from "playwright-core";
import { afterEach, expect, test } from "vitest";
import { openBrowser } from "./browser";
import { buy, newEmail } from "./buying";

const { shop, visitor, signedIn, receivedEmail } = openBrowser();

/** Stops and starts the engine, so that a test sees an order before its first step. */
const pause = (paused: boolean) =>
  fetch(`${shop.inngest}/pause`, { method: "POST", body: new URLSearchParams({ paused: String(paused) }) });
afterEach(() => pause(false));

/** Records what a page of an order asks the server for. */
function watchRequests(page: Page) {
  const polls: string[] = [];
  const refreshes: string[] = [];
  const messages: string[] = [];
  let connections = 0;
  page.on("request", (request: Request) => {
    const { pathname, searchParams } = new URL(request.url());
    if (/^\/api\/orders\/\w+$/.test(pathname)) polls.push(pathname);
    if (/^\/orders\/\w+$/.test(pathname) && searchParams.has("_rsc")) refreshes.push(pathname);
  });
  page.on("websocket", (socket) => {
    if (!socket.url().includes("/v1/realtime/connect")) return;
    connections++;
    socket.on("framereceived", ({ payload }) => messages.push(String(payload)));
  });
  return { polls, refreshes, messages, connections: () => connections };
}

const step = (page: Page, label: string, state: string) =>
  page.getByRole("listitem").filter({ hasText: `${label}, ${state}` });

/** A page opens its connection to Realtime. */
const connects = (page: Page) =>
  page.waitForEvent("websocket", {
    predicate: (socket) => socket.url().includes("/v1/realtime/connect"),
    timeout: 50_000,
  });

test("an order page reaches confirmed without a reload and without polling, and shows each step", async () => {
  const { page, inspect } = await visitor();
  const seen = watchRequests(page);
  await pause(true);
  const email = newEmail();
  const connected = connects(page);
  await buy(page, "Stoneware mug", email);
  await step(page, "Reserve items", "in progress").waitFor();
  await connected;
  await inspect();
  // Without a connection after some seconds, the page polls.
  const early = seen.polls.length;
  let loads = 0;
  page.on("load", () => loads++);
  await pause(false);
  await page.getByText("Confirmed", { exact: true }).waitFor();
  // The email waits ten seconds for a cancellation.
  for (const label of ["Reserve items", "Charge payment", "Confirm order", "Send email"])
    await step(page, label, "done").waitFor({ timeout: 40_000 });
  await receivedEmail(email, /is confirmed/);
  await inspect();
  expect(seen.polls).toHaveLength(early);
  expect(loads).toBe(0);
  // The steps until it is confirmed come together, and the email later.
  expect(seen.messages.length).toBeGreaterThanOrEqual(2);
  // One refresh when the connection opened, and at most one for each message.
  expect(seen.refreshes.length).toBeLessThanOrEqual(seen.messages.length + seen.connections());
  expect(seen.messages.join()).not.toContain(email);
});

test("another customer's token is refused", async () => {
  const [one, other] = [await visitor(), await visitor()];
  await buy(one.page, "Stoneware mug", newEmail());
  await buy(other.page, "Stoneware mug", newEmail());
  const [mine, foreign] = [one, other].map(({ page }) => new URL(page.url()));
  const mint = (token: string | null | undefined) =>
    one.page.request.post(`${mine?.origin}/api${mine?.pathname}/realtime-token?token=${token}`);
  expect((await mint(foreign?.searchParams.get("token"))).status()).toBe(404);
  expect((await mint(mine?.searchParams.get("token"))).status()).toBe(200);
});

test("with the socket blocked, the order page polls and still reaches confirmed", async () => {
  const { page } = await visitor();
  await page.addInitScript(() => {
    Object.defineProperty(window, "WebSocket", {
      value: class {
        constructor() {
          throw new Error("blocked");
        }
      },
    });
  });
  const seen = watchRequests(page);
  await pause(true);
  await buy(page, "Stoneware mug", newEmail());
  await expect.poll(() => seen.polls.length, { timeout: 20_000 }).toBeGreaterThan(0);
  await pause(false);
  await page.getByText("Confirmed", { exact: true }).waitFor();
  expect(seen.connections()).toBe(0);
});

test.each([
  ["jobs", { kind: "customer_value" }],
  ["imports", { type: "products", url: "https://files.example/live.csv" }],
  ["broadcasts", { title: "Live news", message: "Today", segment: { type: "role", role: "admin" } }],
])("the console's page of %s shows a new one without a reload", async (topic, data) => {
  const { page, visit } = await signedIn("manager");
  const connected = connects(page);
  await visit(`/console/${topic}`);
  await connected;
  const rows = page.locator("tbody tr");
  const before = await rows.count();
  let loads = 0;
  page.on("load", () => loads++);
  const { origin } = new URL(page.url());
  const created = await page.request.post(`${origin}/api/admin/${topic}`, { data, headers: { origin } });
  expect(created.status(), await created.text()).toBe(201);
  await rows.nth(before).waitFor();
  expect(loads).toBe(0);
});

test("the console's page of an order reaches confirmed without a reload", async () => {
  await pause(true);
  const customer = await visitor();
  await buy(customer.page, "Stoneware mug", newEmail());
  const id = new URL(customer.page.url()).pathname.split("/").at(-1);
  const { page, visit } = await signedIn("manager");
  const connected = connects(page);
  await visit(`/console/orders/${id}`);
  await connected;
  let loads = 0;
  page.on("load", () => loads++);
  await pause(false);
  await page.getByText("Confirmed", { exact: true }).first().waitFor();
  expect(loads).toBe(0);
});

test("an event that was refused is listed under Failed, with its wrong field", async () => {
  const event = { name: "expense/approved", data: { expenseId: 7, managerId: "usr_manager" } };
  await fetch(`${shop.inngest}/e/key`, { method: "POST", body: JSON.stringify(event) });
  const { page, visit } = await signedIn("manager");
  const row = page.getByRole("row").filter({ hasText: "expense/approved" }).filter({ hasText: "expenseId" });
  await expect
    .poll(
      async () => {
        await visit("/console/failed");
        return row.count();
      },
      { timeout: 30_000 },
    )
    .toBe(1);
});

test("the console's list of orders shows a new order without a reload", async () => {
  const { page, visit } = await signedIn("manager");
  const connected = connects(page);
  await visit("/console/orders");
  await connected;
  const email = newEmail();
  const customer = await visitor();
  await buy(customer.page, "Stoneware mug", email);
  await page.getByRole("row").filter({ hasText: email }).filter({ hasText: "confirmed" }).waitFor();
});
