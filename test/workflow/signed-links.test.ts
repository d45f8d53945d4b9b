import { createHmac, hkdfSync, randomBytes } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, expect, test } from "vitest";
import type { signLink } from "@/lib/signed-links";
import { Client, links, PASSWORD, register, resetToken } from "./accounts";
import { databaseState } from "./database-state";
import { type Operator, signedIn } from "./operator";
import { openShop } from "./shop";

/** The links in emails: changed, expired, and each one where the others are expected. What they refuse writes no row. */
const shop = openShop({ only: [] });

interface Link {
  payload(): Record<string, string>;
  at(token: string): string;
  /** The form that the page sends. */
  form: string;
  expires?: true;
}

let manager: Operator;
let [expenseId, chargeId, order, otherOrder] = ["", "", { id: "", token: "" }, { id: "", token: "" }];

const LINKS: Record<string, Link> = {
  unsubscribe: {
    payload: () => ({ address: "reader@customers.example", category: "marketing" }),
    at: (token) => `/api/unsubscribe?token=${token}`,
    form: "List-Unsubscribe=One-Click",
  },
  "expense-decision": {
    payload: () => ({ expenseId, managerId: manager.id }),
    at: (token) => `/approvals/${token}`,
    form: "decision=approve",
    expires: true,
  },
  "subscription-payment": {
    payload: () => ({ chargeId }),
    at: (token) => `/billing/${token}`,
    form: "",
    expires: true,
  },
};
const PURPOSES = Object.keys(LINKS);
const linkOf = (purpose: string) => LINKS[purpose] ?? expect.fail(purpose);
let sign: typeof signLink;
const valid = (purpose: string, payload: unknown = linkOf(purpose).payload(), expiresAt?: Date) =>
  sign(purpose, payload, expiresAt ?? (linkOf(purpose).expires && new Date(shop.clock.now() + 60_000)));

beforeAll(async () => {
  const module: { signLink: typeof signLink } = await import("@/lib/signed-links");
  sign = module.signLink;
  manager = await signedIn(shop, "manager");
  const customer = await signedIn(shop, "customer");
  const expense = { amount: 1_000, currency: "EUR", description: "Taxi" };
  expenseId = (await customer.read<{ id: string }>(customer.post("/api/expenses", expense), 201)).id;
  const subscription = { planId: "plan_plus", paymentMethod: "pm_card_visa" };
  await customer.read(customer.post("/api/account/subscription", subscription), 201);
  const [charge] = await shop.sql<{ id: string }>("SELECT id FROM subscription_charges");
  chargeId = charge?.id ?? expect.fail("no charge");
  const product = await shop.product(5);
  [order, otherOrder] = [await shop.checkout(product), await shop.checkout(product)];
});

/** Opens the page of a link, and sends its form. Returns the two answers as `status code`. */
async function tryLink(purpose: string, token: string): Promise<string[]> {
  const { at, form } = linkOf(purpose);
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  const answers: string[] = [];
  for (const init of [{}, { method: "POST", headers, body: form }]) {
    const response = await fetch(shop.app + at(token), { ...init, redirect: "manual" });
    const code = /"code":"(\w+)"/.exec(await response.text())?.[1];
    answers.push(code ? `${response.status} ${code}` : String(response.status));
  }
  return answers;
}

const INVALID = ["400 link_invalid", "400 link_invalid"];
test("the table has every purpose of the code", () => {
  const files = readdirSync("lib", { recursive: true, encoding: "utf8" }).filter((file) => /\.tsx?$/.test(file));
  const sources = files.map((file) => readFileSync(path.join("lib", file), "utf8"));
  const signers = sources.filter((code) => /(?<!function )signLink\(/.test(code));
  const purposes = signers.map((code) => /const PURPOSE = "([^"]+)"/.exec(code)?.[1]);
  expect(purposes.sort()).toEqual([...PURPOSES].sort());
});

function forged(purpose: string, secret: string): string {
  const content = valid(purpose).split(".")[0] ?? "";
  const key = Buffer.from(hkdfSync("sha256", secret, "", `steadfast/link/${purpose}`, 32));
  return `${content}.${createHmac("sha256", key).update(content).digest("base64url")}`;
}

const CHANGES: Record<string, (token: string, purpose: string) => string[]> = {
  "one character, of each kind, at each fortieth place": (token) =>
    Array.from({ length: Math.ceil(token.length / 40) }, (_, n) => n * 40).flatMap((at) =>
      ["A", "z", "7", "-", "_", ".", "~", ""]
        .filter((other) => other !== token[at])
        .map((other) => token.slice(0, at) + other + token.slice(at + 1)),
    ),
  "a part missing, twice, or in another order": (token) => {
    const [content = "", signature = ""] = token.split(".");
    const both = [`${signature}.${content}`, `${content}.${signature}.${signature}`, `.${signature}`, `${content}.`];
    return [content, signature, ...both, `${content}..${signature}`, token.slice(1), token.slice(0, -1), token + token];
  },
  "another text of the same bytes": (token) =>
    [`${token}=`, `${token}A`, `${token}%20`, `${token}%0A`, token.replaceAll("_", "/")].filter((one) => one !== token),
  "another payload under the same signature": (token, purpose) => {
    const signature = token.split(".")[1];
    const payloads = [
      { ...linkOf(purpose).payload(), more: 1 },
      {},
      null,
      "x",
      { ...linkOf(purpose).payload(), expiresAt: 9e15 },
    ];
    return payloads.map((payload) => `${Buffer.from(JSON.stringify({ payload })).toString("base64url")}.${signature}`);
  },
  "a later end under the same signature": (token) => {
    const [content = "", signature] = token.split(".");
    const { payload } = JSON.parse(Buffer.from(content, "base64url").toString()) as { payload: unknown };
    return [9e15, -1, null, "never"].map(
      (expiresAt) => `${Buffer.from(JSON.stringify({ payload, expiresAt })).toString("base64url")}.${signature}`,
    );
  },
  "the signature of another link of the same purpose": (token, purpose) => {
    const other = valid(purpose, { ...linkOf(purpose).payload(), other: "1" });
    return [`${token.split(".")[0]}.${other.split(".")[1]}`];
  },
  "a signature of another secret": (_, purpose) =>
    ["", "x", "a secret of thirty-two characters", process.env.STRIPE_WEBHOOK_SECRET ?? ""].map((secret) =>
      forged(purpose, secret),
    ),
  "no token of ours at all": () => [
    "none",
    "a.b",
    "%00",
    "..",
    randomBytes(48).toString("base64url"),
    `${"A".repeat(4_000)}.${"A".repeat(43)}`,
  ],
};

const CASES = PURPOSES.flatMap((purpose) => Object.keys(CHANGES).map((kind) => [purpose, kind] as const));

test.each(CASES)("%s, with %s: refused, and nothing is written", async (purpose, kind) => {
  const token = valid(purpose);
  const before = await databaseState(shop);
  const accepted: string[] = [];
  for (const changed of CHANGES[kind]?.(token, purpose) ?? []) {
    const answers = await tryLink(purpose, changed);
    // A control character or a path of two parts is no token, and is refused before it is read.
    if (!answers.every((answer) => answer === INVALID[0] || /^(404|422)\b/.test(answer)))
      accepted.push(`${changed}: ${answers}`);
  }
  expect(accepted).toEqual([]);
  expect(await databaseState(shop)).toEqual(before);
});

test("each link is refused at the page of each other purpose, also with the payload of that page", async () => {
  const before = await databaseState(shop);
  const accepted: string[] = [];
  for (const page of PURPOSES)
    for (const purpose of [...PURPOSES, "", `${page} `, "reset-password", "order"].filter((one) => one !== page)) {
      const payloads = [linkOf(page).payload(), ...(LINKS[purpose] ? [linkOf(purpose).payload()] : [])];
      for (const payload of payloads) {
        const answers = await tryLink(page, sign(purpose, payload));
        if (answers.join() !== INVALID.join()) accepted.push(`${purpose} at ${page}: ${answers}`);
      }
    }
  for (const page of PURPOSES) expect([page, await tryLink(page, order.token)]).toEqual([page, INVALID]);
  expect(accepted).toEqual([]);
  expect(await databaseState(shop)).toEqual(before);
});

test.each(PURPOSES.filter((purpose) => linkOf(purpose).expires))(
  "%s: expired is 410, and nothing is written",
  async (purpose) => {
    const before = await databaseState(shop);
    for (const ms of [0, -1, -1_000, -90 * 86_400_000]) {
      const token = sign(purpose, linkOf(purpose).payload(), new Date(shop.clock.now() + ms));
      expect(await tryLink(purpose, token)).toEqual(["410 link_expired", "410 link_expired"]);
    }
    expect(await databaseState(shop)).toEqual(before);
  },
);

test("a link to an object that does not exist is 404", async () => {
  const missing = { expenseId: "exp_none", chargeId: "sch_none", managerId: manager.id };
  for (const purpose of ["expense-decision", "subscription-payment"])
    expect(await tryLink(purpose, valid(purpose, missing))).toEqual(["404 not_found", "404 not_found"]);
});

test("a valid link works; the page changes nothing, and a decision is made once", async () => {
  const before = await databaseState(shop);
  for (const purpose of PURPOSES) {
    const response = await fetch(shop.app + linkOf(purpose).at(valid(purpose)));
    expect([purpose, response.status]).toEqual([purpose, 200]);
  }
  expect(await databaseState(shop)).toEqual(before);
  const [, decided] = await tryLink("expense-decision", valid("expense-decision"));
  const [, again] = await tryLink("expense-decision", valid("expense-decision"));
  expect([decided, again]).toEqual(["200", "409"]);
});

test("the token of an order opens that order only, and not with a change", async () => {
  const before = await databaseState(shop);
  const tokens = [
    otherOrder.token,
    "",
    "%00",
    order.token.slice(1),
    order.token.toUpperCase(),
    `${order.token}%20`,
    valid("unsubscribe"),
  ];
  for (const token of tokens) {
    const view = await fetch(`${shop.app}/api/orders/${order.id}?token=${token}`);
    expect([token, [401, 404].includes(view.status)]).toEqual([token, true]);
    const cancelled = await fetch(`${shop.app}/api/orders/${order.id}/cancel?token=${token}`, { method: "POST" });
    expect([token, [401, 404].includes(cancelled.status)]).toEqual([token, true]);
  }
  expect(await databaseState(shop)).toEqual(before);
  expect((await fetch(`${shop.app}/api/orders/${order.id}?token=${order.token}`)).status).toBe(200);
});

test("the links of an account work once, for their purpose, and for their account", async () => {
  const [email, other] = ["links@customers.example", "others@customers.example"];
  const [client, stranger] = [await register(shop, email), await register(shop, other)];
  await client.post("/api/auth/request-password-reset", { email, redirectTo: "/reset-password" });
  const reset = await resetToken(shop, email);
  await client.post("/api/auth/delete-user", { password: PASSWORD, callbackURL: "/" });
  const [link = ""] = await links(shop, email, /delete-user/);
  const remove = new URL(link).searchParams.get("token") ?? "";
  const changePassword = (token: string) =>
    new Client(shop).post("/api/auth/reset-password", { token, newPassword: "another long horse" });
  const removeAccount = (by: Client, token: string) => by.fetch(`/api/auth/delete-user/callback?token=${token}`);
  const { users, accounts } = await databaseState(shop);
  for (const token of [remove, reset.slice(1), reset.toUpperCase(), `${reset}x`, valid("unsubscribe"), order.token, ""])
    expect([token, (await changePassword(token)).status]).toEqual([
      token,
      expect.toSatisfy((status) => [400, 401, 422].includes(status)),
    ]);
  for (const token of [reset, remove.slice(1), `${remove}x`, valid("unsubscribe"), ""])
    expect((await removeAccount(client, token)).status, token).toBeGreaterThanOrEqual(400);
  expect((await removeAccount(stranger, remove)).status).toBe(404);
  expect(await databaseState(shop)).toMatchObject({ users, accounts });
  expect((await changePassword(reset)).status).toBe(200);
  expect((await changePassword(reset)).status).toBe(400);
});
