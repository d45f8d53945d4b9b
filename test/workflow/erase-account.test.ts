import pg from "pg";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { changeRole } from "@/lib/auth/change-role";
import { eraseAccount } from "@/lib/auth/erase-account";
import { decideExpense, submitExpense } from "@/lib/expenses/change-expense";
import { adoptUser } from "@/lib/ingest/users";
import { indexUser } from "@/lib/search/index-user";
import { links, PASSWORD } from "./accounts";
import { interleave } from "./interleave";
import { signedIn } from "./operator";
import { problem } from "./problem";
import { audit, openShop } from "./shop";

/** What the deletion of an account must leave, also beside other changes at the same moment. */
const shop = openShop({ only: [] });
afterEach(audit);

let observer: pg.Client;
beforeAll(async () => {
  observer = new pg.Client({ connectionString: shop.database, application_name: "observer" });
  await observer.connect();
});
afterAll(() => observer.end());

let users = 0;

/** A user who cannot sign in. */
async function newUser(): Promise<{ id: string; email: string }> {
  const id = `usr_e${++users}`;
  const email = `e${users}@customers.example`;
  await shop.sql(
    `INSERT INTO users (id, email, name, email_verified, created_at, updated_at)
     VALUES ($1, $2, 'Nora Neu', true, '2026-01-01', '2026-01-01')`,
    [id, email],
  );
  return { id, email };
}

test("an account that is deleted while it is indexed is not in the customer search, whichever statement comes first", async () => {
  for (const first of ["index", "erase"])
    for (let nth = 1, left = true; left; nth++) {
      const { id, email } = await newUser();
      const index = () => indexUser(id);
      const erase = () => eraseAccount({ id, email });
      const [one, other] = first === "index" ? [index, erase] : [erase, index];
      const { statements, results } = await interleave(observer, one, other, nth);
      expect(results.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled"]);
      const indexed = await shop.sql("SELECT 1 FROM customer_search WHERE user_id = $1", [id]);
      expect(indexed, `${first} first, before statement ${nth}`).toEqual([]);
      left = nth <= statements;
    }
});

test("the only administrator cannot delete the account, and gets no email for it; with another one, only one of both can", async () => {
  const [first, second] = [await signedIn(shop, "admin"), await signedIn(shop, "manager")];
  await shop.sql("UPDATE users SET role = 'manager' WHERE role = 'admin' AND id <> $1", [first.id]);
  const request = () => first.post("/api/auth/delete-user", { password: PASSWORD, callbackURL: "/" });
  expect(await problem(await request())).toMatchObject({ status: 409, code: "last_admin" });
  expect(await links(shop, first.email, /delete-user/)).toEqual([]);
  const refused = expect.objectContaining({ code: "last_admin", status: 409 });
  await expect(eraseAccount(first)).rejects.toEqual(refused);

  for (const [one, other] of [
    [() => eraseAccount(first), () => eraseAccount(second)],
    [() => eraseAccount(first), () => changeRole(second.id, { role: "customer" }, first.id)],
    [() => changeRole(second.id, { role: "customer" }, first.id), () => eraseAccount(first)],
  ] as const)
    for (let nth = 1, left = true; left; nth++) {
      await shop.sql("UPDATE users SET role = 'admin', email_verified = true, deleted_at = NULL WHERE id = ANY ($1)", [
        [first.id, second.id],
      ]);
      await shop.sql("DELETE FROM email_suppressions WHERE address LIKE '%@deleted.invalid'");
      const { statements, results } = await interleave(observer, one, other, nth);
      const rejected = results.filter((result) => result.status === "rejected");
      expect(
        rejected.map(({ reason }) => reason),
        `before statement ${nth}`,
      ).toEqual([refused]);
      const admins = await shop.sql("SELECT id FROM users WHERE role = 'admin' AND deleted_at IS NULL");
      expect(admins).toHaveLength(1);
      left = nth <= statements;
    }
});

test("an expense that is approved while its submitter's account is deleted: either it is withdrawn, or the account stays", async () => {
  const manager = await signedIn(shop, "manager");
  const approved = expect.objectContaining({ code: "account_in_use", status: 409 });
  const withdrawn = expect.objectContaining({ code: "expense_decided", status: 409 });
  for (const first of ["erase", "approve"])
    for (let nth = 1, left = true; left; nth++) {
      const user = await newUser();
      const { answer } = await submitExpense(user.id, { amount: 4_200, currency: "EUR", description: "Train" });
      const erase = () => eraseAccount(user);
      const approve = () => decideExpense({ expenseId: answer.id, approve: true, managerId: manager.id, via: "api" });
      const [one, other] = first === "erase" ? [erase, approve] : [approve, erase];
      const { statements, results } = await interleave(observer, one, other, nth);
      const [row] = await shop.sql<{ status: string; deleted: boolean }>(
        "SELECT status, deleted_at IS NOT NULL AS deleted FROM expenses e JOIN users u ON u.id = submitter_id WHERE e.id = $1",
        [answer.id],
      );
      const reasons = results.flatMap((result) => (result.status === "rejected" ? [result.reason] : []));
      const what = `${first} first, before statement ${nth}`;
      expect([row, reasons], what).toEqual(
        row?.deleted
          ? [{ status: "withdrawn", deleted: true }, [withdrawn]]
          : [{ status: "approved", deleted: false }, [approved]],
      );
      left = nth <= statements;
    }
});

test("a storefront registers a user again under the id of an account that was deleted", async () => {
  const register = (email: string) =>
    adoptUser({ id: `evt_${email}`, data: { userId: "shop-7", email, name: "Nora Neu" } });
  const former = await register("nora@customers.example");
  await eraseAccount({ id: String(former.userId), email: "nora@customers.example" });
  const returned = await register("nora@customers.example");
  expect(returned).toEqual({ userId: expect.any(String), outcome: "registered" });
  expect(returned.userId).not.toBe(former.userId);
  const rows = await shop.sql("SELECT external_id FROM users WHERE id = ANY ($1) ORDER BY external_id NULLS FIRST", [
    [former.userId, returned.userId],
  ]);
  expect(rows).toEqual([{ external_id: null }, { external_id: "shop-7" }]);
});
