import type { World } from "../world";

/** Somebody with an account in the week's shop, at its HTTP doors. */
export interface Person {
  name: string;
  email: string;
  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<unknown>;
  patch(path: string, body: unknown): Promise<unknown>;
  get(path: string): Promise<unknown>;
}

const PASSWORD = "correct horse battery";

/** Goes through one of better-auth's doors; returns the cookies that it gives. */
async function enter(world: World, door: "sign-up" | "sign-in", body: Record<string, string>): Promise<string> {
  const response = await fetch(`${world.app}/api/auth/${door}/email`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: world.app },
    body: JSON.stringify({ ...body, password: PASSWORD }),
  });
  if (!response.ok) throw new Error(`${door} as ${body.email}: ${await response.text()}`);
  return response.headers
    .getSetCookie()
    .map((line) => line.split(";")[0])
    .join("; ");
}

/** Signs somebody up; as an operator where a role is given. Whose session has run out signs in again, as people do. */
export async function join(world: World, name: string, role?: "manager"): Promise<Person> {
  const email = `${name.toLowerCase()}@week.example`;
  let cookie = await enter(world, "sign-up", { name, email });
  if (role) await world.sql("UPDATE users SET role = $2::role WHERE email = $1", [email, role]);
  const ask = (path: string, init: RequestInit) =>
    fetch(`${world.app}${path}`, { ...init, headers: { cookie, "content-type": "application/json", ...init.headers } });
  const call = async (path: string, init: RequestInit = {}): Promise<unknown> => {
    let answer = await ask(path, init);
    if (answer.status === 401) {
      cookie = await enter(world, "sign-in", { email });
      answer = await ask(path, init);
    }
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${init.method ?? "GET"} ${path}: ${answer.status} ${text}`);
    return text === "" ? null : JSON.parse(text);
  };
  return {
    name,
    email,
    post: (path, body, headers) =>
      call(path, { method: "POST", headers, body: body === undefined ? null : JSON.stringify(body) }),
    patch: (path, body) => call(path, { method: "PATCH", body: JSON.stringify(body) }),
    get: (path) => call(path),
  };
}

export interface Letter {
  id: string;
  subject: string;
  text: string;
  headers: Record<string, string>;
}

/** What the mailbox holds for an address, newest first. */
async function letters(world: World, to: string): Promise<Letter[]> {
  const response = await fetch(`${world.mailbox}/messages?to=${encodeURIComponent(to)}`);
  const { items }: { items: Letter[] } = await response.json();
  return items;
}

/** The newest letter about something. */
export async function letter(world: World, to: string, about: RegExp): Promise<Letter> {
  const found = (await letters(world, to)).find(({ subject }) => about.test(subject));
  if (!found) throw new Error(`${to} has got no mail about ${about}`);
  return found;
}
