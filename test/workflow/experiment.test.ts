import { afterEach, expect, test } from "vitest";
import { join, type Member, reportEvent } from "./member";
import { audit, HOUR, MINUTE, openShop, SECOND } from "./shop";

const DAY = 24 * HOUR;
const shop = openShop({ only: ["email-drip-campaign", "process-order"] });
afterEach(audit);

const ENDPOINT = "/api/admin/experiments/welcome-subject";
const SUBJECTS: Record<string, RegExp> = { hello: /^Welcome to Steadfast, Nora$/, "next-step": /^Nora, your account/ };

interface Estimate {
  value: number;
  low: number;
  high: number;
}
interface Figure {
  count: number;
  rate: Estimate | null;
  against: Estimate | null;
}
interface View {
  status: string;
  winner: string | null;
  variants: { key: string; exposed: number; opened: Figure; clicked: Figure; ordered: Figure }[];
}

async function manager(): Promise<Member> {
  const member = await join(shop, "Nora");
  await shop.sql("UPDATE users SET role = 'manager' WHERE id = $1", [member.id]);
  return member;
}

async function variantOf(member: Member): Promise<string> {
  const [subject = ""] = await member.subjects();
  return Object.keys(SUBJECTS).find((key) => SUBJECTS[key]?.test(subject)) ?? expect.fail(subject);
}

test("an experiment counts exposures and conversions by variant, with intervals; after its end everybody gets the winner", async () => {
  const boss = await manager();
  const got = new Map([[boss, await variantOf(boss)]]);
  const of = (key: string) => [...got].filter(([, variant]) => variant === key).map(([member]) => member);
  while (of("hello").length < 2 || of("next-step").length < 3) {
    const member = await join(shop, "Nora");
    // The provider accepts ten requests a second.
    await shop.clock.advance(SECOND);
    got.set(member, await variantOf(member));
  }
  // Two read it, one of them follows the link without loading the image, one orders within the week and one after it.
  const [first, second] = of("next-step");
  const [late] = of("hello");
  await reportEvent(shop, (await first?.emails())?.[0], "opened");
  await reportEvent(shop, (await second?.emails())?.[0], "clicked");
  await second?.order();
  await shop.clock.advance(7 * DAY + HOUR);
  await shop.checkout(await shop.product(1), { email: late?.email });
  await shop.settle();
  await signInAgain(boss);

  const view = await boss.read<View>(boss.fetch(ENDPOINT));
  expect(view).toMatchObject({ status: "running", winner: null });
  const [hello, next] = view.variants;
  const n = of("next-step").length;
  expect(hello).toMatchObject({ key: "hello", exposed: of("hello").length, ordered: { count: 0, against: null } });
  expect(next).toMatchObject({ exposed: n, opened: { count: 2 }, clicked: { count: 1 }, ordered: { count: 1 } });
  expect(next?.opened.rate?.value).toBeCloseTo(2 / n);
  expect(next?.opened.rate?.low).toBeGreaterThan(0);
  expect(next?.opened.against?.value).toBeCloseTo(2 / n);
  expect(next?.opened.against?.low).toBeLessThan(2 / n);

  const end = (winner: unknown) => boss.fetch(`${ENDPOINT}/end`, "POST", { winner });
  expect(await (await end("third")).json()).toMatchObject({ status: 422, errors: [{ path: "winner" }] });
  expect(await boss.read<View>(end("next-step"))).toMatchObject({ status: "finished", winner: "next-step" });
  expect((await end("next-step")).status).toBe(200);
  expect(await (await end("hello")).json()).toMatchObject({ status: 409, code: "experiment_ended" });
  const later = await Promise.all(Array.from({ length: 6 }, () => join(shop, "Nora")));
  await shop.clock.advance(MINUTE);
  for (const member of later) expect(await variantOf(member)).toBe("next-step");
  const after = await boss.read<View>(boss.fetch(ENDPOINT));
  expect(after.variants.map(({ exposed }) => exposed)).toEqual(view.variants.map(({ exposed }) => exposed));
});

/** Sessions last a week. */
async function signInAgain(member: Member): Promise<void> {
  await shop.sql("UPDATE sessions SET expires_at = $2 WHERE user_id = $1", [
    member.id,
    new Date(shop.clock.now() + DAY),
  ]);
}

test("an email that was not sent is no exposure", async () => {
  const email = "never@customers.example";
  await shop.sql("INSERT INTO email_suppressions VALUES ($1, 'bounced', null, '2026-01-01')", [email]);
  const nobody = await join(shop, "Nora", email);
  expect(await shop.sql("SELECT 1 FROM experiment_exposures WHERE user_id = $1", [nobody.id])).toEqual([]);
});

test("only managers have access: a visitor gets 401, a customer 403, an unknown id 404", async () => {
  const [boss, nora] = [await manager(), await join(shop)];
  expect((await fetch(shop.app + ENDPOINT)).status).toBe(401);
  expect((await nora.fetch(ENDPOINT)).status).toBe(403);
  expect((await nora.fetch(`${ENDPOINT}/end`, "POST", { winner: "hello" })).status).toBe(403);
  expect((await boss.fetch("/api/admin/experiments/none")).status).toBe(404);
  expect((await boss.fetch("/api/admin/experiments/none/end", "POST", { winner: "hello" })).status).toBe(404);
});
