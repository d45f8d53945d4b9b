import type { World } from "../world";

/** Somebody with an account in the week's shop, at its HTTP doors. */
export interface Person {
  name: string;
  email: string;
  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<unknown>;
  get(path: string): Promise<unknown>;
}

/** Signs somebody up; as an operator where a role is given. */
export async function join(world: World, name: string, role?: "manager"): Promise<Person> {
  const email = `${name.toLowerCase()}@week.example`;
  const response = await fetch(`${world.app}/api/auth/sign-up/email`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: world.app },
    body: JSON.stringify({ name, email, password: "correct horse battery" }),
  });
  if (!response.ok) throw new Error(`${name} could not sign up: ${await response.text()}`);
  const cookie = response.headers
    .getSetCookie()
    .map((line) => line.split(";")[0])
    .join("; ");
  if (role) await world.sql("UPDATE users SET role = $2::role WHERE email = $1", [email, role]);
  const call = async (path: string, init: RequestInit = {}): Promise<unknown> => {
    const answer = await fetch(`${world.app}${path}`, {
      ...init,
      headers: { cookie, "content-type": "application/json", ...init.headers },
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${init.method ?? "GET"} ${path}: ${answer.status} ${text}`);
    return text === "" ? null : JSON.parse(text);
  };
  return {
    name,
    email,
    post: (path, body, headers) =>
      call(path, { method: "POST", headers, body: body === undefined ? null : JSON.stringify(body) }),
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
export async function letters(world: World, to: string): Promise<Letter[]> {
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
