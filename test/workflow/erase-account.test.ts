import pg from "pg";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { eraseAccount } from "@/lib/auth/erase-account";
import { indexUser } from "@/lib/search/index-user";
import { interleave } from "./interleave";
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
