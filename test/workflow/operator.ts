import { expect } from "vitest";
import { register } from "./accounts";
import type { Shop } from "./shop";

/** Somebody who is signed in, at the HTTP api. */
export interface Operator {
  id: string;
  email: string;
  /** Sends a request with the session. */
  send(path: string, init?: RequestInit): Promise<Response>;
  get(path: string): Promise<Response>;
  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>;
  /** Sends a form with files, and follows no redirect. */
  upload(path: string, form: FormData, headers?: Record<string, string>): Promise<Response>;
  patch(path: string, body: unknown): Promise<Response>;
  put(path: string, body: unknown): Promise<Response>;
  remove(path: string): Promise<Response>;
  /** The JSON of an answer that has this status. */
  read<T>(response: Promise<Response>, status?: number): Promise<T>;
}

let count = 0;

/** Signs a new user up and gives them a role. */
export async function signedIn(shop: Shop, role: "customer" | "manager" | "admin" = "manager"): Promise<Operator> {
  const email = `${role}${++count}@staff.example`;
  const { cookie } = await register(shop, email, "Staff");
  const [user] = await shop.sql<{ id: string }>("UPDATE users SET role = $2::role WHERE email = $1 RETURNING id", [
    email,
    role,
  ]);
  const call = (path: string, init: RequestInit = {}) =>
    fetch(`${shop.app}${path}`, { ...init, headers: { cookie, "content-type": "application/json", ...init.headers } });
  return {
    id: user?.id ?? expect.fail("no such user"),
    email,
    send: call,
    get: (path) => call(path),
    post: (path, body, headers) =>
      call(path, { method: "POST", body: body === undefined ? null : JSON.stringify(body), headers }),
    upload: (path, body, headers) =>
      fetch(`${shop.app}${path}`, { method: "POST", body, headers: { cookie, ...headers }, redirect: "manual" }),
    patch: (path, body) => call(path, { method: "PATCH", body: JSON.stringify(body) }),
    put: (path, body) => call(path, { method: "PUT", body: JSON.stringify(body) }),
    remove: (path) => call(path, { method: "DELETE" }),
    async read<T>(answer: Promise<Response>, status = 200) {
      const arrived = await answer;
      expect(arrived.status, await arrived.clone().text()).toBe(status);
      return (await arrived.json()) as T;
    },
  };
}
