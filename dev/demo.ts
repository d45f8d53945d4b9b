import { rmSync } from "node:fs";
import { styleText } from "node:util";
import { ensureBuilt } from "./build";
import { printMails, printOrder, printRefusal } from "./demo-print";
import { type Cart, type OrderBody, type Placed, Shopper } from "./shopper";
import { type Stack, scratchDir, startStack } from "./stack";

/** `npm run demo`: five orders over real HTTP, five ends, and then the invariants. Exit status 1 if anything is not as it should be. */
const started = performance.now();
const wrong: string[] = [];
const dir = scratchDir("demo");
let starting: Promise<Stack> | undefined;

// Once: a Ctrl-C arrives twice, from the terminal and from npm.
let ending = false;
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.on(signal, () => {
    if (!ending) void cleanUp().then(() => process.exit(130));
    ending = true;
  });

try {
  ensureBuilt(console.log);
  console.log("Starting a shop of its own: PostgreSQL, the engine, Stripe's stand-in, a mailbox and the app…");
  starting = startStack({ dir, mode: "start", log: (line) => /error/i.test(line) && console.error(line) });
  const stack = await starting;
  await play(new Shopper(stack.app, stack.mailbox), stack);
} catch (error) {
  wrong.push(error instanceof Error ? error.message : String(error));
}
await cleanUp();
for (const line of wrong) console.error(styleText("red", `✗ ${line}`));
console.log(
  `\n${wrong.length === 0 ? styleText("green", "Everything ended as it should.") : "Not everything ended as it should."} ${((performance.now() - started) / 1_000).toFixed(0)} s in all.`,
);
process.exit(wrong.length === 0 ? 0 : 1);

async function play(shopper: Shopper, { app, database }: Stack): Promise<void> {
  const { items: products } = await (await fetch(`${app}/api/products?limit=100`)).json();
  const available = (sku: string) =>
    products.find((product: { sku: string }) => product.sku === sku) ?? fail(`no product ${sku}`);
  const cart = (name: string, sku: string, quantity: number, paymentMethod: string): Cart => ({
    items: [{ productId: available(sku).id, quantity }],
    email: `${name.toLowerCase()}@customers.example`,
    name,
    paymentMethod,
  });

  console.log("Five customers order at the same moment.\n");
  const carts = {
    amira: cart("Amira", "MUG-STONE", 2, "pm_card_visa"),
    ben: cart("Ben", "KETTLE-GN", 1, "pm_card_visa_chargeDeclined"),
    clara: cart("Clara", "DESK-LAMP", 1, "pm_card_authenticationRequired"),
    dario: cart("Dario", "LANTERN-E", available("LANTERN-E").available + 1, "pm_card_visa"),
    elif: cart("Elif", "BAG-RUCK", 1, "pm_card_visa"),
  };
  const place = async (one: Cart): Promise<Placed> => {
    const { order, problem } = await shopper.checkout(one);
    return order ?? fail(`the checkout of ${one.name} was refused: ${problem?.detail}`);
  };
  const [amira, ben, clara, dario, elif] = await Promise.all([
    place(carts.amira),
    place(carts.ben),
    place(carts.clara),
    shopper.checkout(carts.dario),
    place(carts.elif),
  ]);

  await Promise.all([
    shopper.authenticate(clara, "succeeded"),
    shopper.reaches(elif, ["confirmed"]).then(() => shopper.cancel(elif)),
  ]);
  const ends: [string, Cart, Placed, string, RegExp[]][] = [
    ["Amira pays with a card that works", carts.amira, amira, "confirmed", [/confirmed/]],
    ["Ben's bank declines", carts.ben, ben, "failed", [/could not be completed/]],
    ["Clara's bank asks for 3-D Secure, and she passes", carts.clara, clara, "confirmed", [/confirmed/]],
    ["Elif pays, and changes her mind", carts.elif, elif, "cancelled", [/cancelled/, /back to you/]],
  ];
  const told = ends.map(async ([title, customer, placed, status, subjects]) => {
    await shopper.reaches(placed, [status]);
    const mails = await Promise.all(subjects.map((subject) => shopper.mail(customer.email, subject)));
    return { title, customer, order: await shopper.order(placed), mails };
  });
  for (const { title, customer, order, mails } of await Promise.all(told)) {
    printOrder(title, customer, order);
    printMails(mails);
    check(order);
  }
  if (dario.problem?.code !== "insufficient_stock")
    wrong.push(`Dario should have been told that there is not enough: ${JSON.stringify(dario)}`);
  else printRefusal("Dario wants one more than there is", carts.dario, dario.problem);
  await audit(database);
}

/** What its end must look like in the order itself. */
function check(order: OrderBody): void {
  const types = order.timeline.map(({ type }) => type);
  const must: Record<string, string[]> = {
    confirmed: ["order_placed", "stock_reserved", "payment_succeeded", "order_confirmed"],
    failed: ["order_placed", "stock_reserved", "payment_failed", "order_failed"],
    cancelled: ["order_placed", "payment_succeeded", "order_cancelled", "refund_succeeded"],
  };
  for (const type of must[order.status] ?? [])
    if (!types.includes(type)) wrong.push(`order ${order.number} has no "${type}" in its timeline`);
}

async function audit(database: string): Promise<void> {
  process.env.DATABASE_URL = database;
  const { findViolations, INVARIANTS } = await import("@/lib/invariants");
  const { closeDb } = await import("@/lib/db");
  const violations = await findViolations();
  await closeDb();
  console.log(styleText("bold", "The promises, checked by SQL on what the database holds now"));
  for (const [id, promise] of Object.entries(INVARIANTS)) {
    const broken = violations.filter(({ invariant }) => invariant === id);
    console.log(`  ${broken.length === 0 ? styleText("green", "✓") : styleText("red", "✗")} ${id}  ${promise}`);
    wrong.push(...broken.map(({ what, id: row }) => `${id}: ${what} (${row})`));
  }
}

async function cleanUp(): Promise<void> {
  const stack = await starting?.catch(() => undefined);
  starting = undefined;
  await stack?.close();
  rmSync(dir, { recursive: true, force: true });
}

function fail(message: string): never {
  throw new Error(message);
}
