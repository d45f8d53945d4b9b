import { expect } from "vitest";
import type { Shop } from "./shop";

/** A password that is not common. Most tests do not care which one. */
export const PASSWORD = "correct horse";

/** A browser: it stores the cookies that the shop sets, and sends them with each request. */
export class Client {
  readonly cookies = new Map<string, string>();

  /** `address` is the client's address, as the proxy in front of the shop reports it. */
  constructor(
    readonly shop: Shop,
    readonly address = "198.51.100.1",
  ) {}

  get cookie(): string {
    return [...this.cookies].map((pair) => pair.join("=")).join("; ");
  }

  async fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const url = new URL(path, this.shop.app);
    const headers = new Headers(init.headers);
    headers.set("x-forwarded-for", this.address);
    headers.set("origin", this.shop.app);
    if (this.cookies.size > 0) headers.set("cookie", this.cookie);
    const response = await fetch(url, { redirect: "manual", ...init, headers });
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === "" || /max-age=0/i.test(line)) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    return response;
  }

  post(path: string, body: unknown = {}): Promise<Response> {
    const headers = { "content-type": "application/json" };
    return this.fetch(path, { method: "POST", headers, body: JSON.stringify(body) });
  }

  signUp(email: string, more: Record<string, unknown> = {}): Promise<Response> {
    return this.post("/api/auth/sign-up/email", { email, password: PASSWORD, name: "Nora Neu", ...more });
  }

  signIn(email: string, password = PASSWORD): Promise<Response> {
    return this.post("/api/auth/sign-in/email", { email, password });
  }

  /** Follows the newest link of a kind that the shop sent to an address. */
  async follow(email: string, link: RegExp): Promise<Response> {
    return this.fetch(await newestLink(this.shop, email, link));
  }
}

export const VERIFY = /verify-email/;
export const RESET = /reset-password/;

/** Returns the links that match, of the emails to an address, newest first. An email counts from the moment it is queued. */
export async function links(shop: Shop, email: string, link: RegExp): Promise<string[]> {
  const rows = await shop.sql<{ text: string }>(
    "SELECT text FROM emails WHERE recipient = $1 ORDER BY created_at DESC, id DESC",
    [email],
  );
  return rows.flatMap(({ text }) => text.match(/https?:\/\/[^\s\])]+/g) ?? []).filter((url) => link.test(url));
}

export async function newestLink(shop: Shop, email: string, link: RegExp): Promise<string> {
  return (await links(shop, email, link))[0] ?? expect.fail(`no link ${link} to ${email}`);
}

/** Signs up, follows the link in the email, and signs in. */
export async function register(
  shop: Shop,
  email: string,
  name = "Nora Neu",
  client = new Client(shop),
): Promise<Client> {
  const signedUp = await client.signUp(email, { name });
  expect(signedUp.status, await signedUp.clone().text()).toBe(200);
  expect((await client.follow(email, VERIFY)).status).toBe(302);
  const signedIn = await client.signIn(email);
  expect(signedIn.status, await signedIn.clone().text()).toBe(200);
  return client;
}

/** Returns the token of the newest reset link that was sent to an address. */
export async function resetToken(shop: Shop, email: string, nth = 0): Promise<string> {
  const url = (await links(shop, email, RESET))[nth] ?? expect.fail("no reset link");
  return new URL(url).pathname.split("/").at(-1) ?? "";
}
