import { waitUntil } from "./wait-until";

export interface Problem {
  status: number;
  code: string;
  detail: string;
  errors?: { path: string; message: string }[];
}

export interface Placed {
  id: string;
  number: string;
  token: string;
  status: string;
  statusUrl: string;
}

export interface OrderBody {
  id: string;
  number: string;
  status: string;
  total: { amount: number; currency: string };
  items: { name: string; quantity: number }[];
  timeline: { type: string; at: string; data: Record<string, unknown> }[];
  nextAction?: { type: string; url?: string };
  refunds: { amount: { amount: number; currency: string }; status: string }[];
  failureReason?: string;
}

export interface ReceivedEmail {
  id: string;
  subject: string;
  text: string;
  html: string;
  headers: Record<string, string>;
  at: string;
}

export interface Cart {
  items: { productId: string; quantity: number }[];
  email: string;
  paymentMethod: string;
  [more: string]: unknown;
}

/** A customer of a running shop, who uses only its HTTP API, the mailbox and the bank's 3-D Secure page. */
export class DemoCustomer {
  constructor(
    readonly app: string,
    readonly mailbox: string,
  ) {}

  /** `signal` ends the request. */
  async checkout(
    cart: Cart,
    key?: string,
    signal?: AbortSignal,
  ): Promise<{ status: number; order?: Placed; problem?: Problem }> {
    const headers: Record<string, string> = {
      "content-type": "application/json",
      ...(key && { "idempotency-key": key }),
    };
    const response = await fetch(`${this.app}/api/checkout`, {
      ...{ method: "POST", headers, body: JSON.stringify(cart) },
      signal: signal ?? null,
    });
    const body = await response.json();
    return response.ok ? { status: response.status, order: body.order } : { status: response.status, problem: body };
  }

  async order({ id, token }: { id: string; token: string }): Promise<OrderBody> {
    const response = await fetch(`${this.app}/api/orders/${id}?token=${token}`);
    if (!response.ok) throw new Error(`GET order ${id}: ${response.status} ${await response.text()}`);
    return response.json();
  }

  async cancel({ id, token }: { id: string; token: string }): Promise<number> {
    return (await fetch(`${this.app}/api/orders/${id}/cancel?token=${token}`, { method: "POST" })).status;
  }

  /** Waits until the order has one of these statuses. */
  async reaches(placed: { id: string; token: string }, statuses: string[], timeout = 60_000): Promise<OrderBody> {
    let order = await this.order(placed);
    const arrived = async () => {
      order = await this.order(placed);
      return statuses.includes(order.status);
    };
    await waitUntil(arrived, `order ${order.number} to become ${statuses.join(" or ")} (it is ${order.status})`, {
      timeout,
      every: 150,
    });
    return order;
  }

  /** Completes or fails the bank's 3-D Secure page. */
  async authenticate(placed: { id: string; token: string }, outcome: "succeeded" | "failed"): Promise<void> {
    const { nextAction } = await this.reaches(placed, ["awaiting_payment"]);
    if (!nextAction?.url) throw new Error("There is nothing to authenticate.");
    await fetch(nextAction.url, { method: "POST", redirect: "manual", body: new URLSearchParams({ outcome }) });
  }

  async emails(to: string): Promise<ReceivedEmail[]> {
    const response = await fetch(`${this.mailbox}/messages?to=${encodeURIComponent(to)}`);
    return (await response.json()).items;
  }

  /** Waits for an email with this subject. */
  async receivedEmail(to: string, subject: RegExp, timeout = 60_000): Promise<ReceivedEmail> {
    const find = async () => (await this.emails(to)).find((email) => subject.test(email.subject));
    const what = `an email to ${to} about ${subject}`;
    await waitUntil(async () => (await find()) !== undefined, what, { timeout, every: 150 });
    return (await find()) ?? Promise.reject(new Error(`There is no longer ${what}.`));
  }

  /** The one-click unsubscribe address in the newest email that has one (RFC 8058). */
  async unsubscribeUrl(to: string): Promise<string> {
    for (const { headers } of await this.emails(to)) {
      const url = headers["List-Unsubscribe"]?.match(/<(https?:[^>]+)>/)?.[1];
      if (url) return url;
    }
    throw new Error(`No email to ${to} has an unsubscribe link.`);
  }
}
