import { afterEach, expect, test } from "vitest";
import { signedIn } from "./operator";
import { audit, openShop } from "./shop";

/** What admins do with users. */
const shop = openShop({ only: ["process-order"] });
afterEach(audit);

test("an admin changes roles, which is recorded; a manager cannot, and the last admin stays one, also of two at once", async () => {
  await shop.sql("UPDATE users SET role = 'manager' WHERE role = 'admin'");
  const [first, second, manager] = [
    await signedIn(shop, "admin"),
    await signedIn(shop, "admin"),
    await signedIn(shop, "manager"),
  ];
  const give = (who: typeof first, id: string, role: string) => who.patch(`/api/admin/users/${id}/role`, { role });
  expect((await give(manager, manager.id, "admin")).status).toBe(403);
  expect((await give(first, manager.id, "owner")).status).toBe(422);
  expect((await give(first, "usr_nowhere", "manager")).status).toBe(404);
  expect((await give(first, manager.id, "customer")).status).toBe(200);
  expect((await manager.get("/api/admin/orders")).status).toBe(403);
  const both = await Promise.all([give(first, first.id, "customer"), give(second, second.id, "customer")]);
  expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
  const changes = await shop.sql(`SELECT "from", "to", changed_by AS by FROM role_changes WHERE user_id = $1`, [
    manager.id,
  ]);
  expect(changes).toEqual([{ from: "manager", to: "customer", by: first.id }]);
});

test("a customer is shown with spend, addresses and consent", async () => {
  const manager = await signedIn(shop);
  const customer = await signedIn(shop, "customer");
  const shippingAddress = { line1: "Long Way 1", city: "Berlin", postalCode: "10115", country: "DE" };
  await shop.checkout(await shop.product(3, 1_250), { email: customer.email, name: "Ada", shippingAddress });
  await shop.settle();
  await customer.patch("/api/account", { preferences: { digest: false } });
  expect(await manager.read(manager.get(`/api/admin/customers/${customer.id}`))).toMatchObject({
    orders: 1,
    spend: [{ amount: 1_250, currency: "EUR" }],
    addresses: [["Ada", "Long Way 1", "10115 Berlin", "Germany"]],
    consent: { marketing: true, digest: false },
    suppressed: [],
  });
  const { addNote, newestNotes } = await import("@/lib/notes");
  await addNote({ userId: customer.id }, { text: "Prefers phone calls" }, { id: manager.id, name: "Staff" });
  expect(await newestNotes({ userId: customer.id })).toMatchObject([
    { text: "Prefers phone calls", writtenBy: "Staff" },
  ]);
});
