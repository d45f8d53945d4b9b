import type { BrowserContextOptions } from "playwright-core";
import type { StackInfo } from "../stack-file";

type StorageState = Exclude<NonNullable<BrowserContextOptions["storageState"]>, string>;

/** Somebody who is signed in: at the shop's HTTP doors, and for a browser. */
export interface Session {
  email: string;
  /** What makes a browser theirs. */
  storageState: StorageState;
  get<T>(path: string): Promise<T>;
  post<T>(path: string, body?: unknown, headers?: Record<string, string>): Promise<T>;
}

export type Role = "customer" | "manager" | "admin";

/** Signs in as one of the stack's own people. The shop takes ten tries for an account in a quarter of an hour. */
export async function signIn({ app, users }: Pick<StackInfo, "app" | "users">, role: Role): Promise<Session> {
  const user = users.find((one) => one.role === role);
  if (!user) throw new Error(`There is no ${role} to sign in as.`);
  return enter(app, "sign-in", { email: user.email, password: user.password });
}

/** Signs a new customer up. */
export function signUp(app: string, name: string, email: string): Promise<Session> {
  return enter(app, "sign-up", { name, email, password: "correct horse battery" });
}

async function enter(
  app: string,
  door: "sign-in" | "sign-up",
  body: { email: string; [more: string]: string },
): Promise<Session> {
  const response = await fetch(`${app}/api/auth/${door}/email`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: app },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${door} as ${body.email}: ${await response.text()}`);
  const pairs = response.headers.getSetCookie().map((line) => line.split(";")[0] ?? "");
  const call = async <T>(path: string, init: RequestInit): Promise<T> => {
    const headers = { cookie: pairs.join("; "), "content-type": "application/json", ...init.headers };
    const answer = await fetch(`${app}${path}`, { ...init, headers });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${init.method ?? "GET"} ${path}: ${answer.status} ${text}`);
    return JSON.parse(text || "null");
  };
  return {
    email: body.email,
    storageState: { cookies: pairs.map((pair) => cookie(app, pair)), origins: [] },
    get: (path) => call(path, {}),
    post: (path, body, headers) =>
      call(path, { method: "POST", headers, body: body === undefined ? null : JSON.stringify(body) }),
  };
}

/** A cookie of the shop's as a browser keeps it. */
export function cookie(app: string, pair: string): StorageState["cookies"][number] {
  const at = pair.indexOf("=");
  const { hostname } = new URL(app);
  return {
    ...{ name: pair.slice(0, at), value: pair.slice(at + 1), domain: hostname, path: "/", expires: -1 },
    ...{ httpOnly: true, secure: false, sameSite: "Lax" },
  };
}
