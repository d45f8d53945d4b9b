import { expect } from "vitest";
import { register } from "./accounts";
import type { Email, Shop } from "./shop";

/** A received email with its headers. */
export interface ReceivedEmail extends Email {
  id: string;
  at: string;
  headers: Record<string, string>;
}

/** A customer with an account: calls endpoints and reads the received emails. */
export interface Member {
  id: string;
  email: string;
  fetch(path: string, method?: string, body?: unknown): Promise<Response>;
  /** Returns the JSON of an answer, which must have this status. */
  read<T = Record<string, unknown>>(response: Promise<Response>, status?: number): Promise<T>;
  /** Places an order for a product of its own, which is paid and confirmed, and returns its id. */
  order(more?: Record<string, unknown>): Promise<string>;
  /** Returns the received emails but the one that verified the address, oldest first. */
  emails(): Promise<ReceivedEmail[]>;
  subjects(): Promise<string[]>;
}

let count = 0;

/** Registers a user, whose address is verified, and waits until its immediate effects have happened. */
export async function join(
  shop: Shop,
  name = "Nora Neu",
  email = `member${++count}@customers.example`,
): Promise<Member> {
  const { cookie } = await register(shop, email, name);
  const [user] = await shop.sql<{ id: string }>("SELECT id FROM users WHERE email = $1", [email]);
  await shop.settle();
  const call = (path: string, method = "GET", body?: unknown) =>
    fetch(`${shop.app}${path}`, {
      method,
      headers: { cookie, "content-type": "application/json" },
      body: body === undefined ? null : JSON.stringify(body),
    });
  const read = async <T>(answer: Promise<Response>, status = 200) => {
    const arrived = await answer;
    expect(arrived.status, await arrived.clone().text()).toBe(status);
    return (await arrived.json()) as T;
  };
  const emails = async () => {
    const list = await fetch(`${shop.mailbox}/messages?to=${encodeURIComponent(email)}`);
    const { items } = (await list.json()) as { items: ReceivedEmail[] };
    return items.filter(({ subject }) => subject !== "Confirm your email address").reverse();
  };
  return {
    id: user?.id ?? expect.fail("no such user"),
    email,
    fetch: call,
    read,
    emails,
    subjects: async () => (await emails()).map(({ subject }) => subject),
    async order(more = {}) {
      const items = [{ productId: await shop.product(1), quantity: 1 }];
      const body = { items, email, paymentMethod: "pm_card_visa", ...more };
      const { order } = await read<{ order: { id: string } }>(call("/api/checkout", "POST", body), 201);
      await shop.settle();
      return order.id;
    },
  };
}

/** Unsubscribes with one click, as an email program does (RFC 8058). */
export async function oneClick(email: ReceivedEmail | undefined): Promise<Response> {
  const address = /^<(.+)>$/.exec(email?.headers["List-Unsubscribe"] ?? "")?.[1];
  expect(email?.headers["List-Unsubscribe-Post"]).toBe("List-Unsubscribe=One-Click");
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  return fetch(address ?? "", { method: "POST", headers, body: "List-Unsubscribe=One-Click", redirect: "error" });
}

/** Makes the email provider report an event of an email. */
export async function reportEvent(
  shop: Shop,
  email: Pick<ReceivedEmail, "id"> | undefined,
  type: string,
): Promise<void> {
  const headers = { "content-type": "application/json" };
  const body = JSON.stringify({ type });
  const answer = await fetch(`${shop.mailbox}/messages/${email?.id}/events`, { method: "POST", headers, body });
  expect(answer.status).toBe(202);
  await shop.settle();
}

/** Returns the latest runs of a function, oldest first. */
export async function runsOf(shop: Shop, fn: string): Promise<{ status: string; output?: Record<string, unknown> }[]> {
  const page = await (await fetch(`${shop.inngest}/?function=steadfast-${fn}`)).text();
  const ids = [...page.matchAll(/href="\/runs\/(\w+)"/g)].map(([, id]) => id).reverse();
  const read = async (id: string | undefined) => {
    const answer = await fetch(`${shop.inngest}/api/v2/runs/${id}?includeOutput=true`);
    return ((await answer.json()) as { data: { status: string; output?: Record<string, unknown> } }).data;
  };
  return Promise.all(ids.map(read));
}
