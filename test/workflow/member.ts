import { expect } from "vitest";
import type { Email, Shop } from "./shop";

/** An email as the mailbox shows it to somebody who looks at its headers. */
export interface Letter extends Email {
  id: string;
  at: string;
  headers: Record<string, string>;
}

/** A customer with an account, at the HTTP doors and at their own mailbox. */
export interface Member {
  id: string;
  email: string;
  fetch(path: string, method?: string, body?: unknown): Promise<Response>;
  /** The JSON of an answer that has this status. */
  read<T = Record<string, unknown>>(response: Promise<Response>, status?: number): Promise<T>;
  /** Places an order for a product of its own, which is paid and confirmed; with its id. */
  order(more?: Record<string, unknown>): Promise<string>;
  /** What came by email, oldest first. */
  letters(): Promise<Letter[]>;
  subjects(): Promise<string[]>;
}

let count = 0;

/** Signs somebody up; `settled` when what follows from it at once has happened. */
export async function join(
  shop: Shop,
  name = "Nora Neu",
  email = `member${++count}@customers.example`,
): Promise<Member> {
  const response = await shop.post("/api/auth/sign-up/email", { email, password: "correct horse", name });
  expect(response.status, await response.clone().text()).toBe(200);
  const cookies = response.headers.getSetCookie().map((line) => line.split(";")[0]);
  const { user } = (await response.json()) as { user: { id: string } };
  await shop.settle();
  const call = (path: string, method = "GET", body?: unknown) =>
    fetch(`${shop.app}${path}`, {
      method,
      headers: { cookie: cookies.join("; "), "content-type": "application/json" },
      body: body === undefined ? null : JSON.stringify(body),
    });
  const read = async <T>(answer: Promise<Response>, status = 200) => {
    const arrived = await answer;
    expect(arrived.status, await arrived.clone().text()).toBe(status);
    return (await arrived.json()) as T;
  };
  const letters = async () => {
    const list = await fetch(`${shop.mailbox}/messages?to=${encodeURIComponent(email)}`);
    return ((await list.json()) as { items: Letter[] }).items.reverse();
  };
  return {
    id: user.id,
    email,
    fetch: call,
    read,
    letters,
    subjects: async () => (await letters()).map(({ subject }) => subject),
    async order(more = {}) {
      const items = [{ productId: await shop.product(1), quantity: 1 }];
      const body = { items, email, paymentMethod: "pm_card_visa", ...more };
      const { order } = await read<{ order: { id: string } }>(call("/api/checkout", "POST", body), 201);
      await shop.settle();
      return order.id;
    },
  };
}

/** What an email program does on a click on "unsubscribe" (RFC 8058). */
export async function oneClick(letter: Letter | undefined): Promise<Response> {
  const address = /^<(.+)>$/.exec(letter?.headers["List-Unsubscribe"] ?? "")?.[1];
  expect(letter?.headers["List-Unsubscribe-Post"]).toBe("List-Unsubscribe=One-Click");
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  return fetch(address ?? "", { method: "POST", headers, body: "List-Unsubscribe=One-Click", redirect: "error" });
}

/** What the email provider comes to know of an email. */
export async function happens(shop: Shop, letter: Letter | undefined, type: string): Promise<void> {
  const headers = { "content-type": "application/json" };
  const body = JSON.stringify({ type });
  const answer = await fetch(`${shop.mailbox}/messages/${letter?.id}/events`, { method: "POST", headers, body });
  expect(answer.status).toBe(202);
  await shop.settle();
}

/** How the latest runs of a function stand, oldest first. */
export async function runsOf(shop: Shop, fn: string): Promise<{ status: string; output?: Record<string, unknown> }[]> {
  const page = await (await fetch(`${shop.inngest}/?function=steadfast-${fn}`)).text();
  const ids = [...page.matchAll(/href="\/runs\/(\w+)"/g)].map(([, id]) => id).reverse();
  const read = async (id: string | undefined) => {
    const answer = await fetch(`${shop.inngest}/api/v2/runs/${id}?includeOutput=true`);
    return ((await answer.json()) as { data: { status: string; output?: Record<string, unknown> } }).data;
  };
  return Promise.all(ids.map(read));
}
