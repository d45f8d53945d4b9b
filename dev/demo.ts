import { rmSync } from "node:fs";
import { ensureBuilt } from "./build";
import { type Cart, DemoCustomer, type OrderBody, type Placed } from "./demo-customer";
import { checkInvariants, endDemo, printEmails, printOrder, printProblem } from "./demo-print";
import { phase, printLine } from "./progress.mjs";
import { type Stack, scratchDir, startStack } from "./stack";

/** `npm run demo`: five orders over HTTP with five outcomes, then the invariants. Exit status 1 if a check fails. */
const started = performance.now();
const problems: string[] = [];
const dir = scratchDir("demo");
let starting: Promise<Stack> | undefined;

// Only once: a Ctrl-C arrives twice, from the terminal and from npm.
let ending = false;
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.on(signal, () => {
    if (!ending) void cleanUp().then(() => process.exit(130));
    ending = true;
  });

try {
  await phase("Building the app, if it has changed", async () => ensureBuilt(() => {}));
  console.log("Starting a shop: PostgreSQL, the engine, a fake Stripe, a mailbox and the app…");
  const seed = process.argv.includes("--seed");
  starting = startStack({ dir, mode: "start", seed, phase, log: (line) => /error/i.test(line) && printLine(line) });
  const stack = await starting;
  await placeOrders(new DemoCustomer(stack.app, stack.mailbox), stack);
} catch (error) {
  problems.push(error instanceof Error ? error.message : String(error));
}
await cleanUp();
endDemo(problems, started);

async function placeOrders(customer: DemoCustomer, { app, database }: Stack): Promise<void> {
  const { items: products } = await (await fetch(`${app}/api/products?limit=100`)).json();
  const available = (sku: string) =>
    products.find((product: { sku: string }) => product.sku === sku) ??
    fail(`The database has no product ${sku}. \`npm run demo -- --seed\` adds the example data to DATABASE_URL.`);
  const cartOf = (name: string, sku: string, quantity: number, paymentMethod: string): Cart => ({
    items: [{ productId: available(sku).id, quantity }],
    email: `${name.toLowerCase()}@customers.example`,
    name,
    paymentMethod,
  });

  console.log("Five customers order at the same moment.\n");
  const carts = {
    amira: cartOf("Amira", "MUG-STONE", 2, "pm_card_visa"),
    ben: cartOf("Ben", "KETTLE-GN", 1, "pm_card_visa_chargeDeclined"),
    clara: cartOf("Clara", "DESK-LAMP", 1, "pm_card_authenticationRequired"),
    dario: cartOf("Dario", "LANTERN-E", available("LANTERN-E").available + 1, "pm_card_visa"),
    elif: cartOf("Elif", "BAG-RUCK", 1, "pm_card_visa"),
  };
  const place = async (one: Cart): Promise<Placed> => {
    const { order, problem } = await customer.checkout(one);
    return order ?? fail(`the checkout of ${one.name} was refused: ${problem?.detail}`);
  };
  const [amira, ben, clara, dario, elif] = await Promise.all([
    place(carts.amira),
    place(carts.ben),
    place(carts.clara),
    customer.checkout(carts.dario),
    place(carts.elif),
  ]);

  await Promise.all([
    customer.authenticate(clara, "succeeded"),
    customer.reaches(elif, ["confirmed"]).then(() => customer.cancel(elif)),
  ]);
  const expected: [string, Cart, Placed, string, RegExp[]][] = [
    ["Amira pays with a valid card", carts.amira, amira, "confirmed", [/confirmed/]],
    ["Ben's bank declines", carts.ben, ben, "failed", [/could not be completed/]],
    ["Clara's bank requires 3-D Secure, and it succeeds", carts.clara, clara, "confirmed", [/confirmed/]],
    ["Elif pays, then cancels", carts.elif, elif, "cancelled", [/cancelled/, /back to you/]],
  ];
  const outcomes = expected.map(async ([title, cart, placed, status, subjects]) => {
    await customer.reaches(placed, [status]);
    const emails = await Promise.all(subjects.map((subject) => customer.receivedEmail(cart.email, subject)));
    return { title, cart, order: await customer.order(placed), emails };
  });
  for (const { title, cart, order, emails } of await Promise.all(outcomes)) {
    printOrder(title, cart, order);
    printEmails(emails);
    check(order);
  }
  if (dario.problem?.code !== "insufficient_stock")
    problems.push(`The checkout of Dario should fail with insufficient_stock: ${JSON.stringify(dario)}`);
  else printProblem("Dario orders more than the stock", carts.dario, dario.problem);
  process.env.DATABASE_URL = database;
  problems.push(...(await checkInvariants("The invariants, checked by SQL")));
  const { closeDb } = await import("@/lib/db");
  await closeDb();
}

/** Checks the timeline of an order. */
function check(order: OrderBody): void {
  const types = order.timeline.map(({ type }) => type);
  const must: Record<string, string[]> = {
    confirmed: ["order_placed", "stock_reserved", "payment_succeeded", "order_confirmed"],
    failed: ["order_placed", "stock_reserved", "payment_failed", "order_failed"],
    cancelled: ["order_placed", "payment_succeeded", "order_cancelled", "refund_succeeded"],
  };
  for (const type of must[order.status] ?? [])
    if (!types.includes(type)) problems.push(`order ${order.number} has no "${type}" in its timeline`);
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
