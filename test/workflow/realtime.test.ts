import { afterEach, beforeAll, expect, test, vi } from "vitest";
import { WebSocket } from "ws";
import { watch } from "./fault-injection";
import { type Operator, signedIn } from "./operator";
import { problem } from "./problem";
import { audit, openShop, type Placed } from "./shop";

/** A busy machine can do nothing for more than the second that vitest waits. */
const WAIT = { timeout: 30_000 };

/** Live progress: what is published about an order, who may subscribe, and that it never disturbs the work. */
const shop = openShop({ wires: true, env: { INNGEST_REALTIME: "1" }, without: [] });
let [owner, other, manager]: Operator[] = [];
beforeAll(async () => {
  owner = await signedIn(shop, "customer");
  other = await signedIn(shop, "customer");
  manager = await signedIn(shop, "manager");
});
const cleanup: (() => void)[] = [];
afterEach(async () => {
  for (const end of cleanup.splice(0)) end();
  await audit();
});

const known = (who: Operator | undefined) => who ?? expect.fail();

interface Subscription {
  channel: string;
  topics: string[];
  key: string;
  apiBaseUrl: string;
}

interface Message {
  channel: string;
  topic: string;
  data: { id?: string; change?: string };
}

/** Connects with the token of an answer. Returns the messages as they arrive. */
async function listen(answer: Promise<Response>): Promise<Message[]> {
  const response = await answer;
  expect(response.status, await response.clone().text()).toBe(200);
  const { key } = (await response.json()) as Subscription;
  // Not through the proxy of the wires, which forwards no socket.
  const socket = new WebSocket(`${shop.inngest.replace("http", "ws")}/v1/realtime/connect?token=${key}`);
  cleanup.push(() => socket.terminate());
  const messages: Message[] = [];
  socket.on("message", (data) => void messages.push(JSON.parse(String(data))));
  await new Promise((resolve, reject) => socket.on("open", resolve).on("error", reject));
  return messages;
}

/** The publications, as the wire between the app and Inngest carries them. */
function publications(outcome?: "lost"): { url: URL; body: string }[] {
  const seen: { url: URL; body: string }[] = [];
  const stop = watch(shop, ({ to, path, body }, stage) => {
    if (to !== "inngest" || !path.startsWith("/v1/realtime/publish")) return undefined;
    if (stage === "before") seen.push({ url: new URL(path, "http://x"), body });
    return outcome;
  });
  cleanup.push(stop);
  return seen;
}

const tokenPath = ({ id, token }: Placed) => `/api/orders/${id}/realtime-token?token=${token}`;

test("the changes of an order are published without personal data, those of one moment as one message", async () => {
  const seen = publications();
  const placed = await shop.checkout(await shop.product(1));
  const messages = await listen(shop.post(tokenPath(placed)));
  await shop.finish(placed);
  const steps = ["reserve-inventory", "charge-payment", "update-order-status", "send-confirmation-email"];
  await vi.waitFor(() => expect(messages.at(-1)?.data).toEqual({ id: placed.id, change: steps.at(-1) }), WAIT);
  expect(steps).toEqual(expect.arrayContaining(messages.map(({ data }) => data.change)));
  expect(messages[0]).toMatchObject({ channel: `order:${placed.id}`, topic: "changed" });
  const ofOrder = seen.filter(({ url }) => url.searchParams.get("channel") === `order:${placed.id}`);
  expect(ofOrder).toHaveLength(messages.length);
  console.info(`budget: ${seen.length} publications for an order, ${ofOrder.length} on its channel`);
  for (const { body } of seen) {
    expect(Object.keys(JSON.parse(body)).every((key) => ["id", "change"].includes(key))).toBe(true);
    expect(body).not.toContain(placed.email);
  }
  const { publishChange } = await import("@/lib/realtime");
  const before = messages.length;
  for (const change of ["order_shipped", "order_delivered"]) publishChange({ topic: "orders", id: placed.id, change });
  await vi.waitFor(() => expect(messages.length).toBeGreaterThan(before), WAIT);
  expect(messages.slice(before).map(({ data }) => data.change)).toEqual(["order_delivered"]);
});

test("a change without a step is published: a cancellation, and what follows from it", async () => {
  const placed = await shop.checkout(await shop.product(1));
  await shop.finish(placed);
  const messages = await listen(shop.post(tokenPath(placed)));
  expect(await shop.cancel(placed)).toBe(202);
  await vi.waitFor(() => expect(messages.map(({ data }) => data.change)).toContain("order_cancelled"), WAIT);
  await shop.finish(placed);
  await vi.waitFor(() => expect(messages.map(({ data }) => data.change)).toContain("refund_succeeded"), WAIT);
});

test("tokens are made for the order's customer and for managers, and for nobody else", async () => {
  const items = [{ productId: await shop.product(1), quantity: 1 }];
  const body = { items, email: known(owner).email, paymentMethod: "pm_card_visa" };
  const { order } = await known(owner).read<{ order: Placed }>(known(owner).post("/api/checkout", body), 201);
  await shop.settle();
  const path = `/api/orders/${order.id}/realtime-token`;
  const mine = await known(owner).read<Subscription>(known(owner).post(path));
  expect(mine).toMatchObject({ channel: `order:${order.id}`, topics: ["changed"] });
  await known(manager).read(known(manager).post(path));
  expect(await problem(await known(other).post(path))).toMatchObject({ status: 404 });
  expect(await problem(await shop.post(path))).toMatchObject({ status: 401 });
  const foreign = await shop.checkout(await shop.product(1));
  expect(await problem(await shop.post(`${path}?token=${foreign.token}`))).toMatchObject({ status: 404 });
  // The token of one order receives nothing about another one.
  const messages = await listen(known(owner).post(path));
  await shop.finish(foreign);
  await vi.waitFor(() => expect(messages.map(({ data }) => data.change)).toContain("send-confirmation-email"), WAIT);
  expect(messages.filter(({ channel }) => channel !== `order:${order.id}`)).toEqual([]);
});

test("managers subscribe to the console, customers do not; an unknown topic is named", async () => {
  const subscribe = (who: Operator | undefined, topics: string[]) =>
    known(who).post("/api/admin/realtime-token", { topics });
  expect(await problem(await subscribe(owner, ["orders"]))).toMatchObject({ status: 403 });
  expect(await problem(await subscribe(manager, ["secrets"]))).toMatchObject({
    status: 422,
    fields: ["topics.0"],
  });
  const topics = ["orders", "health", "jobs", "imports", "broadcasts"];
  const messages = await listen(subscribe(manager, topics));
  const placed = await shop.checkout(await shop.product(1));
  await shop.finish(placed);
  const create = (path: string, body: object) => known(manager).read(known(manager).post(path, body), 201);
  await create("/api/admin/jobs", { kind: "customer_value" });
  await create("/api/admin/imports", { url: "https://files.example/products.csv", type: "products" });
  const segment = { type: "role", role: "admin" };
  await create("/api/admin/broadcasts", { title: "Live", message: "Today", segment });
  await shop.settle();
  await vi.waitFor(() => expect(new Set(messages.map(({ topic }) => topic))).toEqual(new Set(topics)), WAIT);
});

test("Realtime that is down neither fails nor delays an order", async () => {
  const seen = publications("lost");
  const placed = await shop.checkout(await shop.product(1));
  expect(await shop.finish(placed)).toMatchObject({ status: "confirmed" });
  expect(await shop.notifications(placed)).toEqual(["confirmed"]);
  expect(seen.length).toBeGreaterThan(0);
});
