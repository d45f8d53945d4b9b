import { createServer } from "node:http";
import type { World } from "../world";
import { Diary } from "./diary";
import { join, letter, type Person } from "./person";

interface Placed {
  order: { id: string; token: string; number: string };
}

/** A week in the life of the shop, day by day, through its doors; the clock does the waiting. */
export async function liveAWeek(world: World): Promise<void> {
  const diary = new Diary(world);
  const { clock, app } = world;

  diary.morning();
  const manager = await join(world, "Mara", "manager");
  const kim = await join(world, "Kim");
  const { items: plans } = (await kim.get("/api/plans")) as { items: { id: string; name: string }[] };
  await kim.post("/api/account/subscription", { planId: plans[0]?.id, paymentMethod: "pm_card_visa" });
  await clock.settle();
  diary.tell(`Four weeks before: Kim subscribes to “${plans[0]?.name}”. ${await charges(world)}`);
  await diary.until(Date.UTC(2026, 1, 2, 9, 1));

  diary.morning();
  const [ida, jon] = [await join(world, "Ida"), await join(world, "Jon")];
  diary.tell("Ida and Jon register; Mara runs the shop.");
  await order(world, ida, "prod_001", "pm_card_visa");
  await order(world, jon, "prod_003", "pm_card_visa_chargeDeclined");
  await clock.settle();
  diary.tell(`${await counted(world)}`);
  await ida.post("/api/expenses", { amount: 12_500, currency: "EUR", description: "Photographs of the new kettle" });
  diary.tell("Ida asks for 125 € that she spent on photographs.");
  await diary.night();

  diary.morning();
  const welcome = await letter(world, jon.email, /.*/);
  diary.tell(`Jon's newest mail says “${welcome.subject}”. He has had enough, and unsubscribes in one click.`);
  const next = await firstWithUnsubscribe(world, jon.email);
  await fetch(next, { method: "POST", body: new URLSearchParams({ "List-Unsubscribe": "One-Click" }) });
  await clock.settle();
  const ask = await letter(world, manager.email, /Please decide/);
  const link = ask.text.match(/https?:\S+\/approvals\/\S+/)?.[0] ?? "";
  await fetch(link, { method: "POST", body: new URLSearchParams({ decision: "approve", note: "They are good." }) });
  await clock.settle();
  diary.tell(`Mara follows the link in “${ask.subject}” and approves. ${await payout(world)}`);
  await diary.night();

  diary.morning();
  await world.sql(
    `INSERT INTO users (id, email, name, role, email_verified, created_at, updated_at)
     SELECT 'usr_week_' || n, 'reader' || n || '@week.example', 'Reader ' || n, 'customer', true, $1, $1 FROM generate_series(1, 1000) n`,
    [new Date(clock.now() - 1_000)],
  );
  const broadcast = (await manager.post("/api/admin/broadcasts", {
    title: "The kettle is back",
    message: "It pours where you point it.",
    segment: { type: "role", role: "customer" },
  })) as { id: string };
  await clock.advance(10 * 60_000);
  const { counts } = (await manager.get(`/api/admin/broadcasts/${broadcast.id}`)) as { counts: Record<string, number> };
  diary.tell(
    `A broadcast to ${counts.recipients} customers: ${counts.sent} sent, ${counts.refused} had said no to such mail.`,
  );
  await diary.night();

  diary.morning();
  const report = await importProducts(world, manager);
  diary.tell(`An import of 203 rows: ${report}`);
  await kim.patch("/api/account/subscription", { paymentMethod: "pm_card_chargeCustomerFail" });
  diary.tell("Kim gives a new card for her subscription, which her bank will not have charged. It renews today.");
  await diary.night();

  diary.morning();
  diary.tell(`${await charges(world)} Kim is told, and it will be tried again.`);
  await order(world, kim, "prod_002", "pm_card_authenticationRequired");
  await clock.settle();
  diary.tell(
    "Kim buys, and leaves the bank's page open. Half an hour later the shop gives up: the stock is free, nothing is charged.",
  );
  await diary.night();

  diary.morning();
  const { order: placed } = await order(world, ida, "prod_010", "pm_card_visa");
  await clock.advance(60_000);
  await manager.post(`/api/admin/orders/${placed.id}/ship`, { carrier: "DHL", trackingNumber: "00340434161094042557" });
  await clock.settle();
  diary.tell(`Order ${placed.number} leaves the house; Ida is told by mail, the CRM by its own way.`);
  await manager.post(
    `/api/admin/orders/${placed.id}/refund`,
    { amount: 1_000, reason: "A scratch on the board" },
    { "idempotency-key": "scratch" },
  );
  await clock.settle();
  diary.tell("The board has a scratch: 10 € of it go back.");
  await kim.patch("/api/account/subscription", { paymentMethod: "pm_card_visa" });
  diary.tell("Kim gives a card that works.");
  await diary.night();

  diary.morning();
  diary.tell("Sunday. Nobody orders anything.");
  await clock.advance(24 * 3_600_000);
  const health = (await (await fetch(`${app}/api/health`)).json()) as { status: string };
  diary.tell(`The shop's health: ${health.status}. ${await charges(world)}`);
}

async function order(world: World, { email, name }: Person, productId: string, paymentMethod: string): Promise<Placed> {
  const response = await fetch(`${world.app}/api/checkout`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ items: [{ productId, quantity: 1 }], email, name, paymentMethod }),
  });
  if (!response.ok) throw new Error(`checkout: ${await response.text()}`);
  return response.json();
}

async function counted(world: World): Promise<string> {
  const rows = await world.sql<{ status: string; count: string }>(
    "SELECT status, count(*) FROM orders GROUP BY status ORDER BY status",
  );
  return `Orders: ${rows.map(({ status, count }) => `${count} ${status}`).join(", ")}.`;
}

async function charges(world: World): Promise<string> {
  const rows = await world.sql<{ status: string; attempt: number }>(
    "SELECT status, attempt FROM subscription_charges ORDER BY period",
  );
  return `Her charges: ${rows.map(({ status, attempt }) => `${status} (try ${attempt})`).join(", ")}.`;
}

async function payout(world: World): Promise<string> {
  const [row] = await world.sql<{ status: string }>("SELECT status FROM payouts LIMIT 1");
  return row ? `The payout is ${row.status}.` : "";
}

/** The one-click address of somebody's newest mail that has one. */
async function firstWithUnsubscribe(world: World, to: string): Promise<string> {
  const response = await fetch(`${world.mailbox}/messages?to=${encodeURIComponent(to)}`);
  const { items }: { items: { headers: Record<string, string> }[] } = await response.json();
  for (const { headers } of items) {
    const address = headers["List-Unsubscribe"]?.match(/<(https?:[^>]+)>/)?.[1];
    if (address) return address;
  }
  throw new Error(`no mail to ${to} can be unsubscribed from`);
}

/** Has the shop fetch a file with 200 good rows and three bad ones from a server of the supplier's. */
async function importProducts(world: World, manager: Person): Promise<string> {
  const good = Array.from({ length: 200 }, (_, n) => `WEEK-${n},Supplier's thing ${n},${1_000 + n},EUR`);
  const bad = ["WEEK-X,No price,,EUR", "WEEK-Y,Negative,-5,EUR", ",No number,500,EUR"];
  const csv = ["sku,name,price,currency", ...good, ...bad].join("\n");
  const supplier = createServer((_, response) => response.writeHead(200, { "content-type": "text/csv" }).end(csv));
  await new Promise<void>((resolve) => supplier.listen(0, "127.0.0.1", resolve));
  const address = supplier.address();
  const port = typeof address === "object" && address ? address.port : 0;
  try {
    const { id } = (await manager.post("/api/admin/imports", {
      url: `http://127.0.0.1:${port}/products.csv`,
      type: "products",
    })) as { id: string };
    await world.clock.advance(10 * 60_000);
    const done = (await manager.get(`/api/admin/imports/${id}`)) as { status: string; counts: Record<string, number> };
    return `${done.counts.created} products are new, ${done.counts.bad} rows were refused by line and column.`;
  } finally {
    supplier.close();
  }
}
