import { afterEach, expect, test } from "vitest";
import type { onboardingFunnel } from "@/lib/onboarding/progress";
import { join } from "./member";
import { audit, MINUTE, openShop } from "./shop";

const shop = openShop({ only: ["process-order"] });
afterEach(audit);

const address = { line1: "Main Street 1", city: "Berlin", postalCode: "10115", country: "DE" };

test("an account shows each onboarding step with the time of its first completion", async () => {
  const nora = await join(shop);
  const account = () => nora.read<{ onboarding: Record<string, string | null> }>(nora.fetch("/api/account"));
  await nora.fetch("/api/products");
  const visited = new Date(shop.clock.now()).toISOString();
  await shop.clock.advance(MINUTE);
  expect((await account()).onboarding).toEqual({ profile: null, firstVisit: visited, firstOrder: null });
  await nora.read(nora.fetch("/api/account", "PATCH", { address }));
  const saved = new Date(shop.clock.now()).toISOString();
  await nora.order({ paymentMethod: "pm_card_visa_chargeDeclined" });
  expect((await account()).onboarding).toEqual({ profile: saved, firstVisit: visited, firstOrder: null });
  await shop.clock.advance(MINUTE);
  await nora.order();
  const ordered = new Date(shop.clock.now()).toISOString();
  await shop.clock.advance(MINUTE);
  await nora.order();
  await nora.read(nora.fetch("/api/account", "PATCH", { name: "Nora" }));
  expect((await account()).onboarding).toEqual({ profile: saved, firstVisit: visited, firstOrder: ordered });
});

test("a user who has not signed in has no visit, but an order with their address is their first order", async () => {
  const nora = await join(shop);
  await shop.checkout(await shop.product(1), { email: nora.email });
  await shop.settle();
  const steps = await shop.sql("SELECT step FROM onboarding_progress WHERE user_id = $1", [nora.id]);
  expect(steps).toEqual([{ step: "first_order" }]);
});

test("an order placed while signed in belongs to the user, with any address; other orders belong to nobody", async () => {
  const nora = await join(shop);
  const own = await nora.order({ email: "aunt@customers.example" });
  const guest = await shop.checkout(await shop.product(1));
  const rows = await shop.sql("SELECT id, user_id FROM orders WHERE id = ANY($1) ORDER BY number", [[own, guest.id]]);
  expect(rows).toEqual([
    { id: own, user_id: nora.id },
    { id: guest.id, user_id: null },
  ]);
});

test("a change updates only the given fields, and each change has one event", async () => {
  const nora = await join(shop);
  const patch = (body: unknown) => nora.read(nora.fetch("/api/account", "PATCH", body));
  expect(await patch({ name: "Nora N.", phone: "+49 30 1" })).toMatchObject({ name: "Nora N.", phone: "+49 30 1" });
  expect(await patch({ address })).toMatchObject({ name: "Nora N.", phone: "+49 30 1", address });
  expect(await patch({ phone: null })).toMatchObject({ phone: null, address });
  expect(await patch({ preferences: { marketing: false } })).toMatchObject({
    preferences: { marketing: false, product_news: true, digest: true },
    address,
  });
  const events = await shop.sql(
    "SELECT id FROM outbox WHERE name = 'user/profile-updated' AND data->>'userId' = $1 AND sent_at IS NOT NULL",
    [nora.id],
  );
  expect(events).toHaveLength(3);
});

const WRONG: [unknown, string][] = [
  [{ name: " " }, "name"],
  [{ name: null }, "name"],
  [{ name: "No\u0000ra" }, "name"],
  [{ phone: "1".repeat(41) }, "phone"],
  [{ address: { ...address, country: "Germany" } }, "address.country"],
  [{ address: { ...address, country: "ZZ" } }, "address.country"],
  [{ address: { ...address, postalCode: "1011" } }, "address.postalCode"],
  [{ address: { ...address, postalCode: undefined } }, "address.postalCode"],
  [{ address: { ...address, planet: "Earth" } }, "address.planet"],
  [{ preferences: { transactional: false } }, "preferences.transactional"],
  [{ preferences: { digest: "no" } }, "preferences.digest"],
  [{ email: "other@customers.example" }, "email"],
  [{ role: "admin" }, "role"],
];

test("an invalid change is refused with the field's name, and nothing is changed", async () => {
  const nora = await join(shop);
  const before = await nora.read(nora.fetch("/api/account"));
  for (const [body, path] of WRONG) {
    const answer = await nora.fetch("/api/account", "PATCH", body);
    const refusal = { code: "validation_failed", errors: [{ path }] };
    expect([answer.status, await answer.json()], path).toMatchObject([422, refusal]);
  }
  expect(await nora.read(nora.fetch("/api/account"))).toEqual(before);
});

test("an account needs a signed-in user, and only one endpoint changes it", async () => {
  expect((await fetch(`${shop.app}/api/account`)).status).toBe(401);
  expect((await fetch(`${shop.app}/api/account`, { method: "PATCH", body: "{}" })).status).toBe(401);
  const nora = await join(shop);
  expect((await nora.fetch("/api/auth/update-user", "POST", { name: "Unannounced" })).status).toBe(404);
});

test("the funnel counts the completed steps of the users who registered in a period", async () => {
  const module: { onboardingFunnel: typeof onboardingFunnel } = await import("@/lib/onboarding/progress");
  await shop.clock.advance(MINUTE);
  const from = new Date(shop.clock.now());
  const [, nora, emil] = [await join(shop), await join(shop), await join(shop)];
  for (const member of [nora, emil]) await member.fetch("/api/products");
  await emil.read(emil.fetch("/api/account", "PATCH", { name: "Emil" }));
  await emil.order();
  await shop.clock.advance(MINUTE);
  const to = new Date(shop.clock.now());
  await join(shop);
  const figures = { registered: 3, firstVisit: 2, profile: 1, firstOrder: 1 };
  expect(await module.onboardingFunnel(from, to)).toEqual({ ...figures, more: false });
});

test("the funnel of more than 5,000 registrations counts the newest of them", async () => {
  const module: { onboardingFunnel: typeof onboardingFunnel } = await import("@/lib/onboarding/progress");
  const [from, to] = [new Date("2024-01-01"), new Date("2024-01-03")];
  const register = (first: number, last: number, at: string) =>
    shop.sql(
      `WITH registered AS (
         INSERT INTO users (id, email, name, role, email_verified, created_at, updated_at)
         SELECT 'usr_f' || i, 'f' || i || '@funnel.example', 'F', 'customer', true, $3::timestamptz, $3
         FROM generate_series($1::int, $2) i RETURNING id)
       INSERT INTO onboarding_progress (user_id, step, at) SELECT id, 'first_visit', $3 FROM registered WHERE id <> 'usr_f5001'`,
      [first, last, new Date(at)],
    );
  await register(1, 1, "2024-01-01");
  await register(2, 5_000, "2024-01-02");
  const all = { registered: 5_000, firstVisit: 5_000, profile: 0, firstOrder: 0, more: false };
  expect(await module.onboardingFunnel(from, to)).toEqual(all);
  // The oldest of them no longer counts, and the newest one has not visited the shop.
  await register(5_001, 5_001, "2024-01-02");
  expect(await module.onboardingFunnel(from, to)).toEqual({ ...all, firstVisit: 4_999, more: true });
});
