import { styleText } from "node:util";
import { DemoCustomer, type Placed, type ReceivedEmail } from "../demo-customer";
import { type Session, signUp } from "../fixtures/session";
import { startSupplier } from "../fixtures/supplier";
import type { TestEnvironment } from "../test-environment";

const DAY = 86_400_000;

/** Plays a week of the shop through its HTTP API, day by day, on the virtual clock. */
export async function playScenario(environment: TestEnvironment): Promise<void> {
  const diary = new Diary(environment);
  const { clock, app } = environment;
  const register = (name: string, email: string) => signUp(environment, name, email, () => clock.settle());

  diary.startDay();
  const manager = await register("Mara", "mara@week.example");
  await environment.sql("UPDATE users SET role = 'manager' WHERE email = $1", [manager.email]);
  const kim = await register("Kim", "kim@week.example");
  const { items: plans } = await kim.get<{ items: { id: string; name: string }[] }>("/api/plans");
  await kim.post("/api/account/subscription", { planId: plans[0]?.id, paymentMethod: "pm_card_visa" });
  await clock.settle();
  diary.print(`Four weeks before: Kim subscribes to “${plans[0]?.name}”. ${await charges(environment)}`);
  await diary.advanceTo(Date.UTC(2026, 1, 2, 9, 1));

  diary.startDay();
  const [ida, jon] = [await register("Ida", "ida@week.example"), await register("Jon", "jon@week.example")];
  diary.print("Ida and Jon register; Mara runs the shop.");
  await order(environment, ida, "prod_001", "pm_card_visa");
  await order(environment, jon, "prod_003", "pm_card_visa_chargeDeclined");
  await clock.settle();
  diary.print(`${await orderCounts(environment)}`);
  await ida.post("/api/expenses", { amount: 12_500, currency: "EUR", description: "Photographs of the new kettle" });
  diary.print("Ida asks for 125 € that she spent on photographs.");
  await diary.endDay();

  diary.startDay();
  const welcome = await newestEmail(environment, jon.email, /.*/);
  diary.print(`Jon's newest email is “${welcome.subject}”. He unsubscribes in one click.`);
  const next = await new DemoCustomer(app, environment.mailbox).unsubscribeUrl(jon.email);
  await fetch(next, { method: "POST", body: new URLSearchParams({ "List-Unsubscribe": "One-Click" }) });
  await clock.settle();
  const request = await newestEmail(environment, manager.email, /Please decide/);
  const link = request.text.match(/https?:\S+\/approvals\/\S+/)?.[0] ?? "";
  await fetch(link, { method: "POST", body: new URLSearchParams({ decision: "approve", note: "They are good." }) });
  await clock.settle();
  diary.print(`Mara follows the link in “${request.subject}” and approves. ${await payout(environment)}`);
  await diary.endDay();

  diary.startDay();
  await environment.sql(
    `INSERT INTO users (id, email, name, role, email_verified, created_at, updated_at)
     SELECT 'usr_week_' || n, 'reader' || n || '@week.example', 'Reader ' || n, 'customer', true, $1, $1 FROM generate_series(1, 1000) n`,
    [new Date(clock.now() - 1_000)],
  );
  const broadcast = await manager.post<{ id: string }>("/api/admin/broadcasts", {
    title: "The kettle is back",
    message: "It pours where you point it.",
    segment: { type: "role", role: "customer" },
  });
  await clock.advance(10 * 60_000);
  const { counts } = await manager.get<{ counts: Record<string, number> }>(`/api/admin/broadcasts/${broadcast.id}`);
  diary.print(
    `A broadcast to ${counts.recipients} customers: ${counts.sent} sent, ${counts.refused} had unsubscribed.`,
  );
  await diary.endDay();

  diary.startDay();
  const report = await importProducts(environment, manager);
  diary.print(`An import of 203 rows: ${report}`);
  await kim.patch("/api/account/subscription", { paymentMethod: "pm_card_chargeCustomerFail" });
  diary.print("Kim changes the card of her subscription. The bank will decline it. The subscription renews today.");
  await diary.endDay();

  diary.startDay();
  diary.print(`${await charges(environment)} Kim is notified, and the charge will be retried.`);
  await order(environment, kim, "prod_002", "pm_card_authenticationRequired");
  await clock.settle();
  diary.print(
    "Kim buys, and leaves the bank's page open. After half an hour the order fails: the stock is released, nothing is charged.",
  );
  await diary.endDay();

  diary.startDay();
  const placed = await order(environment, ida, "prod_010", "pm_card_visa");
  await clock.advance(60_000);
  await manager.post(`/api/admin/orders/${placed.id}/ship`, { carrier: "DHL", trackingNumber: "00340434161094042557" });
  await clock.settle();
  diary.print(`Order ${placed.number} ships; Ida and the CRM are notified.`);
  await manager.post(
    `/api/admin/orders/${placed.id}/refund`,
    { amount: 1_000, reason: "A scratch on the board" },
    { "idempotency-key": "scratch" },
  );
  await clock.settle();
  diary.print("The board has a scratch. €10 is refunded.");
  await kim.patch("/api/account/subscription", { paymentMethod: "pm_card_visa" });
  diary.print("Kim gives a card that works.");
  await diary.endDay();

  diary.startDay();
  diary.print("Sunday. Nobody orders anything.");
  await clock.advance(24 * 3_600_000);
  const health = (await (await fetch(`${app}/api/health`)).json()) as { status: string };
  diary.print(`The shop's health: ${health.status}. ${await charges(environment)}`);
}

async function order(
  environment: TestEnvironment,
  { email }: Session,
  productId: string,
  paymentMethod: string,
): Promise<Placed> {
  const cart = { items: [{ productId, quantity: 1 }], email, paymentMethod };
  const { order, problem } = await new DemoCustomer(environment.app, environment.mailbox).checkout(cart);
  return order ?? Promise.reject(new Error(`checkout: ${problem?.detail}`));
}

async function newestEmail(environment: TestEnvironment, to: string, subject: RegExp): Promise<ReceivedEmail> {
  const emails = await new DemoCustomer(environment.app, environment.mailbox).emails(to);
  const found = emails.find((email) => subject.test(email.subject));
  return found ?? Promise.reject(new Error(`There is no email to ${to} with the subject ${subject}.`));
}

async function orderCounts(environment: TestEnvironment): Promise<string> {
  const rows = await environment.sql<{ status: string; count: string }>(
    "SELECT status, count(*) FROM orders GROUP BY status ORDER BY status",
  );
  return `Orders: ${rows.map(({ status, count }) => `${count} ${status}`).join(", ")}.`;
}

async function charges(environment: TestEnvironment): Promise<string> {
  const rows = await environment.sql<{ status: string; attempt: number }>(
    "SELECT status, attempt FROM subscription_charges ORDER BY period",
  );
  return `Her charges: ${rows.map(({ status, attempt }) => `${status} (try ${attempt})`).join(", ")}.`;
}

async function payout(environment: TestEnvironment): Promise<string> {
  const [row] = await environment.sql<{ status: string }>("SELECT status FROM payouts LIMIT 1");
  return row ? `The payout is ${row.status}.` : "";
}

/** Imports a supplier's file with 200 valid rows and three invalid ones. */
async function importProducts(environment: TestEnvironment, manager: Session): Promise<string> {
  const supplier = await startSupplier("WEEK", "Supplier's product", 200);
  try {
    const request = { url: `${supplier.url}/products.csv`, type: "products" };
    const { id } = await manager.post<{ id: string }>("/api/admin/imports", request);
    await environment.clock.advance(10 * 60_000);
    const { counts } = await manager.get<{ counts: Record<string, number> }>(`/api/admin/imports/${id}`);
    return `${counts.created} new products, ${counts.bad} rows refused with line and column.`;
  } finally {
    await supplier.close();
  }
}

/** Prints the events under their day, and the emails at the end of each day. */
class Diary {
  private since: number;

  constructor(private readonly environment: TestEnvironment) {
    this.since = environment.clock.now();
  }

  print(sentence: string): void {
    const time = new Date(this.environment.clock.now()).toISOString().slice(11, 16);
    console.log(`  ${styleText("dim", time)}  ${sentence}`);
  }

  startDay(): void {
    console.log(styleText("bold", `\n${new Date(this.environment.clock.now()).toUTCString().slice(0, 16)}`));
  }

  /** Advances the clock to nine the next morning (UTC) and prints the emails that were sent. */
  async endDay(): Promise<void> {
    await this.advanceTo(Math.floor(this.environment.clock.now() / DAY) * DAY + DAY + 9 * 3_600_000 + 60_000);
  }

  async advanceTo(next: number): Promise<void> {
    await this.environment.clock.advance(next - this.environment.clock.now());
    const emails = await this.environment.sql<{ kind: string; count: string }>(
      "SELECT kind, count(*) FROM emails WHERE sent_at >= $1 AND sent_at < $2 GROUP BY kind ORDER BY kind",
      [new Date(this.since), new Date(next)],
    );
    this.since = next;
    const list = emails.map(({ kind, count }) => `${count} × ${kind.replaceAll("_", " ")}`).join(", ");
    console.log(styleText("dim", `         emails until the next morning: ${list || "none"}`));
  }
}
