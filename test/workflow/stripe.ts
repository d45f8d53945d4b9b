import type { TestEnvironment as World } from "@/dev/test-environment";

/** What a test asks of Stripe behind the app's back: its own API, and how its webhooks travel. */
export interface StripeInspector {
  /** A call to Stripe's API with the shop's key. */
  stripeApi<T>(method: "GET" | "POST", path: string, form?: Record<string, string>): Promise<T>;
  intents(orderId: string): Promise<Intent[]>;
  /** What Stripe holds of an order: captured minus refunded, how many intents succeeded, how many can still be paid. */
  money(orderId: string): Promise<{ collected: number; succeeded: number; refunds: number; open: number }>;
  webhooks(mode: "deliver" | "hold" | "duplicate" | "reverse" | "drop" | "early", delayMs?: number): Promise<void>;
  flush(how?: { order?: "reverse"; duplicate?: boolean }): Promise<void>;
}

export interface Intent {
  id: string;
  status: string;
  amount: number;
  amount_received: number;
  metadata: { order_id?: string };
}

interface List<T> {
  data: T[];
}

export function stripeInspector(world: World): StripeInspector {
  const api = async <T>(method: "GET" | "POST", path: string, form?: Record<string, string>): Promise<T> => {
    const response = await fetch(`${world.stripe}${path}`, {
      method,
      headers: { authorization: "Bearer sk_test_steadfast" },
      body: form ? new URLSearchParams(form) : null,
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${await response.text()}`);
    return (await response.json()) as T;
  };
  const intents = async (orderId: string) =>
    (await api<List<Intent>>("GET", "/v1/payment_intents?limit=100")).data.filter(
      ({ metadata }) => metadata.order_id === orderId,
    );
  const route = async (path: string, body: unknown) => {
    const response = await fetch(`${world.stripe}/webhooks/${path}`, { method: "POST", body: JSON.stringify(body) });
    if (!response.ok) throw new Error(await response.text());
  };
  return {
    stripeApi: api,
    intents,
    webhooks: (mode, delayMs = 0) => route("control", { mode, delayMs }),
    flush: (how = {}) => route("flush", how),
    async money(orderId) {
      const all = await intents(orderId);
      let collected = 0;
      let refunds = 0;
      for (const intent of all.filter(({ status }) => status === "succeeded")) {
        const path = `/v1/refunds?payment_intent=${intent.id}&limit=100`;
        const made = (await api<List<{ amount: number; status: string }>>("GET", path)).data.filter(
          (refund) => refund.status !== "failed",
        );
        collected += intent.amount_received - made.reduce((sum, refund) => sum + refund.amount, 0);
        refunds += made.length;
      }
      return {
        collected,
        refunds,
        succeeded: all.filter(({ status }) => status === "succeeded").length,
        open: all.filter(({ status }) => !["succeeded", "canceled"].includes(status)).length,
      };
    },
  };
}
