import { until } from "./until";

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

export interface ReceivedMail {
  id: string;
  subject: string;
  text: string;
  html: string;
  at: string;
}

export interface Cart {
  items: { productId: string; quantity: number }[];
  email: string;
  paymentMethod: string;
  [more: string]: unknown;
}

/** A customer of a running shop: knows its HTTP doors, its mailbox and the bank's 3-D Secure page, and nothing else. */
export class Shopper {
  constructor(
    readonly app: string,
    readonly mailbox: string,
  ) {}

  async checkout(cart: Cart, key?: string): Promise<{ status: number; order?: Placed; problem?: Problem }> {
    const headers: Record<string, string> = {
      "content-type": "application/json",
      ...(key && { "idempotency-key": key }),
    };
    const response = await fetch(`${this.app}/api/checkout`, { method: "POST", headers, body: JSON.stringify(cart) });
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

  /** Waits until the order is in one of these states. */
  async reaches(placed: { id: string; token: string }, statuses: string[], timeout = 60_000): Promise<OrderBody> {
    let order = await this.order(placed);
    const arrived = async () => {
      order = await this.order(placed);
      return statuses.includes(order.status);
    };
    await until(arrived, `order ${order.number} to become ${statuses.join(" or ")} (it is ${order.status})`, {
      timeout,
      every: 150,
    });
    return order;
  }

  /** Does what the bank asks for. */
  async authenticate(placed: { id: string; token: string }, outcome: "succeeded" | "failed"): Promise<void> {
    const { nextAction } = await this.reaches(placed, ["awaiting_payment"]);
    if (!nextAction?.url) throw new Error("There is nothing to authenticate.");
    await fetch(nextAction.url, { method: "POST", redirect: "manual", body: new URLSearchParams({ outcome }) });
  }

  async mails(to: string): Promise<ReceivedMail[]> {
    const response = await fetch(`${this.mailbox}/messages?to=${encodeURIComponent(to)}`);
    return (await response.json()).items;
  }

  async mail(to: string, subject: RegExp, timeout = 60_000): Promise<ReceivedMail> {
    let found: ReceivedMail | undefined;
    const arrived = async () => {
      found = (await this.mails(to)).find((mail) => subject.test(mail.subject));
      return found !== undefined;
    };
    await until(arrived, `a mail to ${to} about ${subject}`, { timeout, every: 150 });
    if (!found) throw new Error("unreachable");
    return found;
  }
}
