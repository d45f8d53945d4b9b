import { afterEach, expect, test } from "vitest";
import { run } from "../child";
import { Client, VERIFY } from "./accounts";
import { audit, openShop } from "./shop";

/** How a new shop gets its first administrator. */
const shop = openShop({ only: ["deliver-email"] });
afterEach(audit);

/** Runs the command, and returns its exit code and output. */
async function makeAdmin(args: string[], database = shop.database): Promise<[number | null, string]> {
  const program = run(["--import", "tsx", "bin/make-admin.ts", ...args], { DATABASE_URL: database });
  return [await program.ended, program.output().trim()];
}

test("in a shop without administrators, a customer with a verified address becomes one", async () => {
  await shop.sql("UPDATE users SET role = 'customer' WHERE role = 'admin'");
  const email = "owner@shop.example";
  expect(await makeAdmin([email])).toEqual([1, expect.stringContaining(`no account with the address ${email}`)]);
  const owner = new Client(shop);
  expect((await owner.signUp(email)).status).toBe(200);
  expect(await makeAdmin([email])).toEqual([1, expect.stringContaining("is not verified")]);
  expect((await owner.follow(email, VERIFY)).status).toBe(302);
  expect((await owner.signIn(email)).status).toBe(200);
  expect((await owner.fetch("/api/admin/orders")).status).toBe(403);

  expect(await makeAdmin([" Owner@Shop.example"])).toEqual([0, `${email} is an administrator now.`]);
  expect((await owner.fetch("/api/admin/orders")).status).toBe(200);
  expect(await makeAdmin([email])).toEqual([0, `${email} is an administrator already.`]);
  const changes = `SELECT r."from", r."to", r.changed_by AS by FROM role_changes r JOIN users u ON u.id = r.user_id WHERE u.email = $1`;
  expect(await shop.sql(changes, [email])).toEqual([{ from: "customer", to: "admin", by: "make-admin" }]);
});

test("without an address, a database or its tables, it prints what to do", async () => {
  expect(await makeAdmin([])).toEqual([1, "Usage: npm run make-admin -- EMAIL"]);
  expect(await makeAdmin(["ann@shop.example", "ben@shop.example"])).toEqual([1, expect.stringMatching(/^Usage/)]);
  expect(await makeAdmin(["ann"])).toEqual([1, '"ann" is not an email address.']);
  expect(await makeAdmin(["ann@shop.example"], "postgresql://x:y@127.0.0.1:1/z")).toEqual([
    1,
    "Can't reach database server at 127.0.0.1:1",
  ]);
  const empty = shop.database.replace(/\/[^/]+$/, "/postgres");
  expect(await makeAdmin(["ann@shop.example"], empty)).toEqual([1, expect.stringContaining("npm run migrate")]);
});
