import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { signIn, signUp } from "@/dev/fixtures/session";
import { audit, cartOf, get, newProduct, place, shop, sql } from "../http/shop";
import { rowsOf } from "./fuzz/rows";

/**
 * Every server action, called by every kind of caller as a page's script does, in the built app. The ids of actions are in the
 * build's manifest, because an id is no secret.
 */
type Access = "visitor" | "viewer" | "manager" | "admin" | "order";

/** Who can call an action. `order`: who has the order's token, its customer and managers. A new action fails until it is here. */
const TABLE: Record<string, Record<string, Access>> = {
  "app/(store)/auth-actions.ts": {
    ...{ signIn: "visitor", signUp: "visitor", signOut: "visitor", requestReset: "visitor", resetPassword: "visitor" },
    // better-auth checks the session, and its message is the answer.
    ...{ changePassword: "visitor", changeEmail: "visitor", deleteAccount: "visitor" },
  },
  "app/(store)/account/actions.ts": {
    ...{ saveProfile: "viewer", savePreferences: "viewer", submitExpenseForm: "viewer" },
    ...{ startSubscription: "viewer", saveCard: "viewer", endSubscription: "viewer" },
  },
  "app/(store)/cart/actions.ts": { add: "visitor", change: "visitor" },
  "app/(store)/checkout/actions.ts": { checkout: "visitor" },
  "app/(store)/orders/[id]/actions.ts": {
    cancel: "order",
    correct: "order",
    buyAgain: "order",
    payOrderAgain: "order",
  },
  "app/console/actions.ts": {
    ...{ checkNow: "manager", closeAlert: "manager", reviewExpense: "manager", chooseWinner: "manager" },
    ...{ startJob: "manager", startImport: "manager", importDryRun: "manager", resolveManualTask: "manager" },
    savePayoutAccount: "admin",
  },
  "app/console/api-keys/actions.ts": { create: "admin", revoke: "admin" },
  "app/console/broadcasts/actions.ts": { compose: "manager", stop: "manager" },
  "app/console/coupons/actions.ts": { create: "manager", deactivate: "manager" },
  "app/console/customers/actions.ts": {
    ...{ saveRole: "admin", note: "manager", allowEmail: "manager", endSubscription: "manager" },
  },
  "app/console/emails/actions.ts": { resend: "manager", allowEmail: "manager" },
  "app/console/orders/actions.ts": {
    ...{ ship: "manager", deliver: "manager", refund: "manager", correct: "manager", note: "manager", tag: "manager" },
    ...{ resend: "manager", cancel: "manager", review: "manager" },
  },
  "app/console/orders/bulk-actions.ts": { changeSelected: "manager" },
  "app/console/plans/actions.ts": { create: "manager", change: "manager", setActive: "manager" },
  "app/console/products/actions.ts": {
    ...{ create: "manager", change: "manager", changeRow: "manager", setActive: "manager", adjust: "manager" },
  },
  "app/console/products/bulk-actions.ts": { changeSelected: "manager" },
  "app/console/webhooks/actions.ts": {
    ...{ add: "manager", toggle: "manager", rotate: "manager", remove: "manager", resend: "manager" },
  },
};

type Caller = "nobody" | "customer" | "manager" | "admin";
const ROLES: Record<Exclude<Access, "order">, Caller[]> = {
  visitor: ["nobody", "customer", "manager", "admin"],
  viewer: ["customer", "manager", "admin"],
  manager: ["manager", "admin"],
  admin: ["admin"],
};

interface Action {
  id: string;
  file: string;
  name: string;
  /** A page that has the action. */
  page: string;
}

const manifestSchema = z.object({
  node: z.record(
    z.string(),
    z.object({ filename: z.string(), exportedName: z.string(), workers: z.record(z.string(), z.unknown()) }),
  ),
});
const { node } = manifestSchema.parse(JSON.parse(readFileSync(".next/server/server-reference-manifest.json", "utf8")));
const ACTIONS: Action[] = Object.entries(node).map(([id, { filename, exportedName, workers }]) => ({
  ...{ id, file: filename, name: exportedName },
  page: (Object.keys(workers)[0] ?? "")
    .replace(/^app/, "")
    .replace(/\/page$/, "")
    .replaceAll(/\/\([^)]*\)/g, "")
    .replaceAll(/\[\w+\]/g, "none"),
}));
const accessOf = ({ file, name }: Action) => TABLE[file]?.[name] ?? expect.fail(`${file} ${name} is not in the table`);

const cookies: Record<Caller, string> = { nobody: "", customer: "", manager: "", admin: "" };
let order: { id: string; token: string };
let otherToken = "";

beforeAll(async () => {
  await sql("DELETE FROM rate_limits");
  const email = `actions-${randomBytes(4).toString("hex")}@customers.example`;
  const sessions = {
    customer: await signUp(shop, "Cara", email),
    manager: await signIn(shop, "manager"),
    admin: await signIn(shop, "admin"),
  };
  for (const [caller, { storageState }] of Object.entries(sessions))
    cookies[caller as Caller] = storageState.cookies.map(({ name, value }) => `${name}=${value}`).join("; ");
  const product = await newProduct(5);
  [order, { token: otherToken }] = [await place(cartOf(product)), await place(cartOf(product))];
});
afterAll(() => audit());

/** Calls an action with a form, as React encodes its arguments: the state and the form, or the form alone. */
async function call({ id, page }: Action, caller: Caller, fields: Record<string, string> = {}) {
  const args = id.startsWith("00") ? [] : id.startsWith("40") ? ["$K1"] : [{}, "$K1"];
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.append(`_1_${name}`, value);
  body.append("0", JSON.stringify(args));
  const headers = { "next-action": id, origin: shop.app, accept: "text/x-component", cookie: cookies[caller] };
  const response = await get(page, { method: "POST", headers, body, redirect: "manual" });
  const text = await response.text();
  return { status: response.status, text, signIn: text.includes('"signIn":true') };
}

/** `signed out`: the form asks to sign in. `not found`: the page does not exist for this caller. */
async function answerTo(action: Action, caller: Caller): Promise<string> {
  const { status, signIn } = await call(action, caller);
  if (signIn) return "signed out";
  if (status === 404) return "not found";
  return status < 400 ? "allowed" : String(status);
}

test("the table has every server action", () => {
  const listed = Object.entries(TABLE).flatMap(([file, actions]) =>
    Object.keys(actions).map((name) => `${file} ${name}`),
  );
  expect(listed.sort()).toEqual(ACTIONS.map(({ file, name }) => `${file} ${name}`).sort());
});

const mayCall = (caller: Caller) => (action: Action) => {
  const access = accessOf(action);
  return access === "order" || ROLES[access].includes(caller);
};
/** Returns the answers to a caller by action, all at once. */
const answersTo = async (actions: Action[], caller: Caller) =>
  Object.fromEntries(
    await Promise.all(
      actions.map(async (action) => [`${action.file} ${action.name}`, await answerTo(action, caller)] as const),
    ),
  );
const each = (actions: Action[], answer: string) =>
  Object.fromEntries(actions.map(({ file, name }) => [`${file} ${name}`, answer]));

const CALLERS: Caller[] = ["nobody", "customer", "manager", "admin"];

test.each(CALLERS)("%s: actions of others are refused, and no row is written", async (caller) => {
  const before = await rowsOf(sql);
  const refused = ACTIONS.filter((action) => !mayCall(caller)(action));
  const answer = caller === "nobody" ? "signed out" : "not found";
  expect(await answersTo(refused, caller)).toEqual(each(refused, answer));
  expect(await rowsOf(sql)).toBe(before);
});

test.each(CALLERS)("%s: their own actions answer, also an empty form", async (caller) => {
  const own = ACTIONS.filter((action) => {
    // A sign-out would end the session of the tests.
    return mayCall(caller)(action) && accessOf(action) !== "order" && action.name !== "signOut";
  });
  expect(await answersTo(own, caller)).toEqual(each(own, "allowed"));
});

/** What no form of ours sends, for every field of every form. */
const HOSTILE = ["a\u0000b", "__proto__"];
const FIELDS =
  "id key token code email name text url type decision action account winner role tags kind percent amount currency title message segment intent quantity:x carrier trackingNumber reason productId quantity shown cart paymentMethod planId description phone line1 city postalCode country couponCode events endpointId ids selected price delta available scheduledAt newEmail password currentPassword next scopes expiresInDays interval active".split(
    " ",
  );

test.each(["nobody", "admin"] as const)("%s: no form makes an action fail", async (caller) => {
  const failed: string[] = [];
  for (const text of HOSTILE) {
    const fields = Object.fromEntries(FIELDS.map((name) => [name, text]));
    const fill = async (action: Action) => {
      const { status } = await call(action, caller, fields);
      if (status >= 500) failed.push(`${action.file} ${action.name}: ${status} for ${text}`);
    };
    await Promise.all(ACTIONS.filter((action) => mayCall(caller)(action) && action.name !== "signOut").map(fill));
  }
  expect(failed).toEqual([]);
});

const ORDER_ACTIONS = ACTIONS.filter(({ file }) => file === "app/(store)/orders/[id]/actions.ts");

test.each(ORDER_ACTIONS)(
  "$name of an order: nobody without its token can, not even with the token of another one",
  async (action) => {
    const before = await rowsOf(sql);
    const fields = { line1: "Evil Street 1", email: "eve@customers.example", paymentMethod: "pm_card_visa" };
    const attempts: [Caller, Record<string, string>][] = [
      ["nobody", { id: order.id }],
      ["nobody", { id: order.id, token: otherToken }],
      ["nobody", { id: "none", token: order.token }],
      ["nobody", { id: `${order.id}\u0000`, token: order.token }],
      ["customer", { id: order.id }],
      ["customer", { id: order.id, token: otherToken }],
      ["admin", { id: order.id, token: otherToken }],
    ];
    for (const [caller, credentials] of attempts) {
      const { status, text } = await call(action, caller, { ...fields, ...credentials });
      expect([caller, credentials, status]).toEqual([caller, credentials, expect.any(Number)]);
      expect(status, text.slice(0, 300)).toBeLessThan(500);
      expect(text).not.toContain(order.token === credentials.token ? otherToken : order.token);
    }
    expect(await rowsOf(sql)).toBe(before);
  },
);

test("with the token of the order, its actions work", async () => {
  const cancel = ORDER_ACTIONS.find(({ name }) => name === "cancel") ?? expect.fail("no action");
  const { id, token } = order;
  expect((await call(cancel, "nobody", { id, token })).status).toBeLessThan(400);
  const [row] = await sql<{ status: string }>("SELECT status::text FROM orders WHERE id = $1", [order.id]);
  expect(row?.status).toBe("cancelled");
});
