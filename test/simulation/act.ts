import type { TestEnvironment } from "@/dev/test-environment";
import type { Operator } from "../workflow/operator";
import type { StripeInspector } from "../workflow/stripe";
import type { ClockSkew } from "./clock-skew";
import type { Deploys } from "./deploys";
import { disturb } from "./disturb";
import type { Files } from "./files";
import type { Journal } from "./journal";
import { MINUTE, type Operation, type Repeat, type Scenario } from "./scenario";
import type { SecondProcess } from "./second-process";

/** Who acts in the shop, and through what. */
export interface Cast {
  world: TestEnvironment & StripeInspector;
  manager: Operator;
  members: Operator[];
  files: Files;
  journal: Journal;
  deploys: Deploys;
  clockSkew: ClockSkew;
  secondProcess: SecondProcess;
}

/** An order that the shop has accepted. */
export interface Accepted {
  id: string;
  token: string;
}

/** What became known on the way, for the checks at the end. */
export interface Progress {
  products: string[];
  /** By the place of the checkout in the scenario; undefined: refused, or its answer was lost each time. */
  orders: (Accepted | undefined)[];
  /** The ids of all accepted orders, and the operation of each. */
  accepted: Map<string, number>;
  wrong: string[];
}

/** How often a client sends a request whose answer is an error of the server, or lost. */
const CLIENT_ATTEMPTS = 3;

/** Carries out operations, each as its client would: over HTTP, again after a lost answer, and with the same key. */
export class Actor {
  constructor(
    private readonly cast: Cast,
    private readonly scenario: Scenario,
    private readonly progress: Progress,
    private readonly revive: () => void,
  ) {}

  /** Returns what the client was answered, for the timeline. */
  async act(operation: Operation): Promise<string> {
    const { manager } = this.cast;
    switch (operation.do) {
      case "checkout":
        return this.checkout(operation);
      case "cancel":
        return this.ofOrder(operation, ({ id, token }) =>
          this.repeat(operation.repeat, () => this.post(`/api/orders/${id}/cancel`, { token })),
        );
      case "pay":
        return this.ofOrder(operation, ({ id, token }) =>
          this.repeat(operation.repeat, () =>
            this.post(`/api/orders/${id}/pay?token=${token}`, { paymentMethod: operation.card }),
          ),
        );
      case "authenticate":
        return this.ofOrder(operation, (order) => this.authenticate(order, operation.outcome));
      case "refund":
        return this.ofOrder(operation, ({ id }) =>
          this.repeat(operation.repeat, async () => {
            const what = await this.toRefund(id, operation.share, operation.restock);
            const key = { "idempotency-key": `refund-${operation.id}` };
            return manager.post(`/api/admin/orders/${id}/refund`, { reason: "Broken", ...what }, key);
          }),
        );
      case "dashboard-refund":
        return this.ofOrder(operation, ({ id }) => this.dashboardRefund(id, operation.share));
      case "ship":
        return this.ofOrder(operation, ({ id }) =>
          this.repeat(operation.repeat, () => this.ship(id, operation.id, operation.one)),
        );
      case "deliver":
        return this.ofOrder(operation, ({ id }) =>
          this.send(() => manager.post(`/api/admin/orders/${id}/deliver`, {})),
        );
      case "stock": {
        const path = `/api/admin/products/${this.progress.products[operation.product]}/stock`;
        const body = { delta: operation.delta, reason: "Counted" };
        return this.send(() => manager.post(path, body, { "idempotency-key": `stock-${operation.id}` }));
      }
      case "subscribe": {
        const body = { planId: "plan_plus", paymentMethod: operation.card };
        return this.send(() => this.member(operation.customer).post("/api/account/subscription", body));
      }
      case "change-card": {
        const body = { paymentMethod: operation.card };
        return this.send(() => this.member(operation.customer).patch("/api/account/subscription", body));
      }
      case "end-subscription":
        return this.send(() => this.member(operation.customer).remove("/api/account/subscription"));
      case "renew":
        return this.renew();
      case "expense": {
        const body = { amount: operation.amount, currency: "EUR", description: "Train" };
        return this.send(() => this.member(operation.customer).post("/api/expenses", body));
      }
      case "decide":
        return this.repeat(operation.repeat, async () => {
          const { items } = await (await manager.get("/api/admin/expenses?limit=1")).json();
          return manager.post(`/api/admin/expenses/${items?.[0]?.id}/decision`, { approve: operation.approve });
        });
      case "broadcast": {
        const body = { title: `News ${operation.id}`, message: "Hello.", segment: { type: "role", role: "customer" } };
        const key = { "idempotency-key": `broadcast-${operation.id}` };
        return this.repeat(operation.repeat, () => manager.post("/api/admin/broadcasts", body, key));
      }
      case "unsubscribe":
        return this.unsubscribe(this.member(operation.customer).email);
      case "import": {
        const url = this.cast.files.products(operation);
        return this.send(() => manager.post("/api/admin/imports", { url, type: "products" }));
      }
      case "resolve-task": {
        const { items } = await (await manager.get("/api/admin/manual-queue")).json();
        const id: string | undefined = items?.[0]?.id;
        if (!id) return "no task";
        return this.send(() => manager.post(`/api/admin/manual-queue/${id}/resolve`, { action: operation.action }));
      }
      default:
        return disturb(this.cast, operation);
    }
  }

  private member(customer: number): Operator {
    const member = this.cast.members[customer % this.cast.members.length];
    if (!member) throw new Error("no member");
    return member;
  }

  private post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(`${this.cast.world.app}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
    });
  }

  /** Sends a request until the server answers without an error of its own. */
  private async send(
    request: () => Promise<Response>,
    answered?: (response: Response) => Promise<void>,
  ): Promise<string> {
    const answers: string[] = [];
    for (let attempt = 1; attempt <= CLIENT_ATTEMPTS; attempt++) {
      const response = await request().catch(() => undefined);
      if (response?.ok) await answered?.(response.clone());
      answers.push(response ? `${response.status}${await codeOf(response)}` : "lost");
      this.revive();
      if (response && response.status < 500) break;
    }
    return answers.join(", ");
  }

  private async repeat(
    how: Repeat,
    request: () => Promise<Response>,
    answered?: (response: Response) => Promise<void>,
  ): Promise<string> {
    const once = () => this.send(request, answered);
    if (how === "no") return once();
    if (how === "at-once") return (await Promise.all([once(), once()])).join(" | ");
    return `${await once()}; again: ${await once()}`;
  }

  private async ofOrder(operation: { order: number }, act: (order: Accepted) => Promise<string>): Promise<string> {
    const order = this.progress.orders[operation.order];
    return order ? act(order) : "no such order";
  }

  private async checkout(operation: Extract<Operation, { do: "checkout" }>): Promise<string> {
    const place = this.scenario.operations.filter((one) => one.do === "checkout").indexOf(operation);
    const member = operation.customer < this.cast.members.length ? this.member(operation.customer) : undefined;
    const body = {
      items: operation.items.map(({ product, quantity }) => ({
        productId: this.progress.products[product % this.progress.products.length],
        quantity,
      })),
      email: member?.email ?? `guest${operation.customer}@customers.example`,
      paymentMethod: operation.card,
    };
    const key = { "idempotency-key": `checkout-${this.scenario.seed}-${operation.id}` };
    const ids = new Set<string>();
    const answer = await this.repeat(
      operation.repeat,
      () => (member ? member.post("/api/checkout", body, key) : this.post("/api/checkout", body, key)),
      async (response) => {
        const { order }: { order: Accepted } = await response.json();
        ids.add(order.id);
        this.progress.orders[place] = order;
        this.progress.accepted.set(order.id, operation.id);
      },
    );
    if (ids.size > 1) this.progress.wrong.push(`one key, two orders: ${[...ids].join(", ")}`);
    return answer;
  }

  private async authenticate({ id, token }: Accepted, outcome: string): Promise<string> {
    const response = await fetch(`${this.cast.world.app}/api/orders/${id}?token=${token}`).catch(() => undefined);
    this.revive();
    const order: { nextAction?: { url?: string } } = response?.ok ? await response.json() : {};
    if (!order.nextAction?.url) return "nothing to authenticate";
    const body = new URLSearchParams({ outcome });
    return String((await fetch(order.nextAction.url, { method: "POST", body, redirect: "manual" })).status);
  }

  private async toRefund(id: string, share: number, restock = false): Promise<object> {
    if (!restock) return share === 1 ? {} : { amount: await this.share(id, share) };
    const line = "SELECT product_id AS product FROM order_lines WHERE order_id = $1 ORDER BY position LIMIT 1";
    const [first] = await this.cast.world.sql<{ product: string }>(line, [id]);
    return { items: [{ productId: first?.product, quantity: 1 }], restock: true };
  }

  private async share(orderId: string, share: number): Promise<number> {
    const [row] = await this.cast.world.sql<{ total: number }>(
      "SELECT total_amount AS total FROM orders WHERE id = $1",
      [orderId],
    );
    return Math.max(1, Math.floor((row?.total ?? 1) * share));
  }

  /** A refund that somebody makes in Stripe's dashboard, of which the app hears later. */
  private async dashboardRefund(orderId: string, share: number): Promise<string> {
    // Its dashboard is down with its API.
    const intents = await this.cast.world.intents(orderId).catch(() => []);
    const paid = intents.find(({ status }) => status === "succeeded");
    if (!paid) return "not paid";
    const amount = String(Math.max(1, Math.floor(paid.amount * share)));
    return this.cast.world.stripeApi("POST", "/v1/refunds", { payment_intent: paid.id, amount }).then(
      () => "refunded",
      () => "refused by Stripe",
    );
  }

  private async ship(orderId: string, key: number, one: boolean): Promise<Response> {
    const [line] = await this.cast.world.sql<{ productId: string }>(
      'SELECT product_id AS "productId" FROM order_lines WHERE order_id = $1 ORDER BY position LIMIT 1',
      [orderId],
    );
    const items = one && line ? { items: [{ productId: line.productId, quantity: 1 }] } : {};
    const body = { carrier: "DHL", trackingNumber: `T${this.scenario.seed}-${key}`, ...items };
    return this.cast.manager.post(`/api/admin/orders/${orderId}/ship`, body, { "idempotency-key": `ship-${key}` });
  }

  /** The next period of every subscription begins now, and the cycle runs twice, as a cron that fires again. */
  private async renew(): Promise<string> {
    const { world } = this.cast;
    await world.sql(
      `UPDATE subscriptions SET anchor_at = $1::timestamptz - next_period * interval '1 month', next_due_at = $1
       WHERE status = 'active' AND next_due_at > $1`,
      [new Date(world.clock.now())],
    );
    for (let round = 0; round < 2; round++) {
      world.runCron("billing-cycle");
      await world.clock.advance(MINUTE);
    }
    return "the cycle ran twice";
  }

  private async unsubscribe(email: string): Promise<string> {
    const { unsubscribeUrl } = await import("@/lib/email/unsubscribe");
    const url = unsubscribeUrl(email, "product_news") ?? "";
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    return this.send(() => fetch(url, { method: "POST", headers, body: "List-Unsubscribe=One-Click" }));
  }
}

/** The code of a problem (RFC 9457). */
async function codeOf(response: Response): Promise<string> {
  if (response.ok) return "";
  const body: unknown = await response.json().catch(() => undefined);
  return typeof body === "object" && body !== null && "code" in body ? ` ${body.code}` : "";
}
