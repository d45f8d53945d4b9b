import {
  ANSWER_FAULTS,
  BOUNDARIES,
  type Boundary,
  CALL_FAULTS,
  CARDS,
  type Card,
  Draw,
  type Fault,
  type FaultKind,
  HOUR,
  LOSABLE,
  MINUTE,
  type Operation,
  type Repeat,
  type Scenario,
  SECOND,
  STATEMENT_FAULTS,
  WEBHOOK_MODES,
} from "./scenario";

const DAY = 24 * HOUR;

/** Draws the scenario of a seed: the same seed is the same scenario. */
export function generate(seed: number): Scenario {
  const draw = new Draw(seed);
  const products = Array.from({ length: draw.int(1, 2) }, () => ({
    stock: draw.weighted([
      [3, 1],
      [3, 2],
      [2, 5],
      [1, 0],
    ]),
    price: draw.of([1, 999, 2_500, 250_000]),
  }));
  const operations: Operation[] = [];
  const length = draw.weighted([
    [3, 2],
    [4, 4],
    [3, 6],
    [1, 10],
  ]);
  const theme = draw.weighted(THEMES);
  let orders = 0;
  for (let id = 1; operations.length < length; id++) {
    const next = drawOperation(draw, orders === 0 && theme === "orders" ? "first" : theme, orders, products.length);
    if (next.do === "checkout") orders++;
    operations.push({ id, after: drawPause(draw), ...next });
  }
  const count = draw.weighted([
    [1, 0],
    [4, 1],
    [3, 2],
    [2, 3],
    [1, 5],
  ]);
  const faults = Array.from({ length: count }, () => drawFault(draw, operations));
  // Drawn last, so that the rest of a seed's scenario does not depend on it.
  const insert = (least: number, drawn: (draw: Draw) => Drawn) => {
    const id = Math.max(...operations.map((operation) => operation.id)) + 1;
    operations.splice(draw.int(least, operations.length), 0, { id, after: drawPause(draw), ...drawn(draw) });
  };
  if (draw.chance(0.3)) insert(1, drawMachineFault);
  if (draw.chance(0.15)) insert(0, drawProviderFault);
  for (const operation of operations) if (operation.do === "refund" && draw.chance(0.4)) operation.restock = true;
  if (draw.chance(0.2)) insert(0, () => ({ do: "second-process" }));
  return { seed, products, operations, faults };
}

/** What happens to the engine, the code or the clocks of the app. */
const drawMachineFault = (draw: Draw): Drawn =>
  draw.weighted<() => Drawn>([
    [2, () => ({ do: "restart-engine", share: 1 })],
    [3, () => ({ do: "restart-engine", share: draw.of([0, 0.3, 0.6, 0.9]) })],
    [4, () => ({ do: "deploy" })],
    [3, () => ({ do: "skew-clock", by: draw.of([-4, -2, 2, 4]) * MINUTE })],
  ])();

/** What a provider itself does wrong, at one of the next calls. */
const drawProviderFault = (draw: Draw): Drawn =>
  draw.weighted<Drawn>([
    [3, { do: "provider-fault", of: "stripe", kind: "applied_error", skip: draw.int(0, 3) }],
    [2, { do: "provider-fault", of: "mailbox", kind: "applied_error", skip: draw.int(0, 2) }],
    [2, { do: "provider-fault", of: "stripe", kind: "decline", skip: 0 }],
  ]);

type Theme = "orders" | "billing" | "expenses" | "bulk" | "mixed";
const THEMES = [
  [10, "orders"],
  [2, "billing"],
  [2, "expenses"],
  [2, "bulk"],
  [2, "mixed"],
] as const;

/** An operation without its id and the pause before it. `Omit` of a union would keep only the fields that all of it have. */
type Drawn = Operation extends infer One ? (One extends Operation ? Omit<One, "id" | "after"> : never) : never;

const drawPause = (draw: Draw) =>
  draw.weighted([
    [5, 0],
    [3, draw.int(1, 15) * SECOND],
    [2, draw.int(1, 10) * MINUTE],
    [1, draw.int(15, 90) * MINUTE],
  ]);

const drawRepeat = (draw: Draw): Repeat =>
  draw.weighted([
    [6, "no"],
    [2, "at-once"],
    [2, "after"],
  ]);

const drawCard = (draw: Draw): Card =>
  draw.weighted([
    [8, "pm_card_visa"],
    [4, "pm_card_authenticationRequired"],
    [2, "pm_card_visa_chargeDeclined"],
    [3, draw.of(CARDS)],
  ]);

function drawOperation(draw: Draw, theme: Theme | "first", orders: number, products: number): Drawn {
  const order = draw.int(0, Math.max(0, orders - 1));
  const customer = draw.int(0, 3);
  const member = draw.int(0, 1);
  const repeat = drawRepeat(draw);
  const card = drawCard(draw);
  const checkout = (): Drawn => {
    const items = Array.from({ length: products }, (_, product) => ({
      product,
      quantity: draw.weighted([
        [4, 1],
        [1, 2],
      ]),
    }));
    // Two carts with the same products in another order take the same locks.
    if (draw.chance(0.5)) items.reverse();
    return { do: "checkout", items: draw.chance(0.5) ? items : items.slice(0, 1), card, customer, repeat };
  };
  if (theme === "first") return checkout();
  const ofOrders: [number, () => Drawn][] = [
    [6, checkout],
    [5, () => ({ do: "cancel", order, repeat })],
    [4, () => ({ do: "pay", order, card, repeat })],
    [
      5,
      () => ({
        do: "authenticate",
        order,
        outcome: draw.weighted([
          [3, "succeeded"],
          [1, "failed"],
        ]),
      }),
    ],
    [4, () => ({ do: "refund", order, share: draw.of([0.3, 0.5, 1]), repeat })],
    [3, () => ({ do: "dashboard-refund", order, share: draw.of([0.3, 0.5, 1]) })],
    [4, () => ({ do: "ship", order, one: draw.chance(0.4), repeat })],
    [2, () => ({ do: "deliver", order })],
    [1, () => ({ do: "stock", product: draw.int(0, products - 1), delta: draw.of([-1, 1, 3]) })],
  ];
  const ofBilling: [number, () => Drawn][] = [
    [6, () => ({ do: "subscribe", customer: member, card })],
    [3, () => ({ do: "change-card", customer: member, card })],
    [3, () => ({ do: "end-subscription", customer: member })],
    [6, () => ({ do: "renew" })],
    [1, () => ({ do: "dashboard-refund", order, share: 1 })],
  ];
  const ofExpenses: [number, () => Drawn][] = [
    [5, () => ({ do: "expense", customer: member, amount: draw.of([1, 4_200, 99_999]) })],
    [6, () => ({ do: "decide", approve: draw.chance(0.7), repeat })],
  ];
  const ofBulk: [number, () => Drawn][] = [
    [4, () => ({ do: "broadcast", repeat })],
    [2, () => ({ do: "unsubscribe", customer: member })],
    [3, () => ({ do: "import", rows: draw.int(1, 30), bad: draw.int(0, 2), cut: draw.chance(0.3) })],
  ];
  const disturbances: [number, () => Drawn][] = [
    [2, () => ({ do: "lose-runs", of: draw.of(LOSABLE) })],
    [
      2,
      () => ({
        do: "webhooks",
        mode: draw.of(WEBHOOK_MODES),
        delay: draw.weighted([
          [3, 0],
          [1, draw.int(1, 40) * MINUTE],
        ]),
      }),
    ],
    [1, () => ({ do: "flush", reverse: draw.chance(0.5), duplicate: draw.chance(0.5) })],
    [1, () => ({ do: "outage", of: draw.of(["stripe", "mailbox"] as const), for: draw.int(1, 240) * MINUTE })],
    [2, () => ({ do: "sweep" })],
    [
      1,
      () => ({
        do: "wait",
        for: draw.weighted([
          [4, draw.int(1, 120) * MINUTE],
          [1, draw.int(1, 3) * DAY],
        ]),
      }),
    ],
    [1, () => ({ do: "sleep-through", for: draw.int(1, 300) * MINUTE })],
    [1, () => ({ do: "resolve-task", action: draw.of(["resume", "dismiss"] as const) })],
  ];
  const own: Record<Theme, [number, () => Drawn][]> = {
    orders: ofOrders,
    billing: ofBilling,
    expenses: ofExpenses,
    bulk: ofBulk,
    mixed: [...ofOrders, ...ofBilling, ...ofExpenses, ...ofBulk],
  };
  return draw.weighted(draw.chance(0.28) ? disturbances : own[theme])();
}

/** How many calls and statements an operation and what follows from it make, at most, where most faults should strike. */
const REACH: Record<Boundary, number> = { stripe: 5, mailbox: 4, inngest: 12, app: 14, sql: 120 };

function drawFault(draw: Draw, operations: Operation[]): Fault {
  const at = draw.weighted(BOUNDARIES.map((boundary) => [boundary === "sql" ? 3 : 1.5, boundary] as const));
  const kinds: readonly FaultKind[] =
    at === "sql" ? STATEMENT_FAULTS : at === "app" ? CALL_FAULTS : [...CALL_FAULTS, ...ANSWER_FAULTS];
  // A fault after the last operation strikes what the sweeps do.
  const from = draw.of(operations).id;
  const far = draw.chance(0.2) ? 3 : 1;
  return { from, at, nth: draw.int(1, REACH[at] * far), kind: draw.of(kinds) };
}
