import { afterEach, expect, test } from "vitest";
import { db, Prisma, type Tx, transaction } from "@/lib/db";
import { audit, openShop } from "./shop";

/** Raw statements and Prisma's models share the connection of a transaction. */
const shop = openShop({ only: [] });
afterEach(audit);

const key = (name: string) => Prisma.sql`INSERT INTO rate_limits (key, tat) VALUES (${name}, now())`;
const keys = async (name: string) =>
  Number((await shop.sql<{ n: string }>("SELECT count(*) AS n FROM rate_limits WHERE key = $1", [name]))[0]?.n);

test("values come back from a raw statement as the models return them", async () => {
  const at = new Date("2026-03-29T01:30:00.123Z");
  const [row] = await db().$queryRaw<Record<string, unknown>[]>`
    SELECT 9007199254740991::bigint AS big, 1.50::numeric AS exact, 2.5::float8 AS float, ${7}::int AS int, ${true}::bool AS yes,
      ${at}::timestamptz AS at, ${at}::timestamptz AT TIME ZONE 'UTC' AS local, ${[at]}::timestamptz[] AS times, '2026-03-29'::date AS day,
      ${JSON.stringify({ a: [1] })}::jsonb AS json, ${["x", "y,z"]}::text[] AS list, ${null}::text AS nothing, ${Buffer.from([0, 255])}::bytea AS bytes`;
  expect(row).toEqual({
    ...{ big: 9007199254740991, exact: new Prisma.Decimal("1.5"), float: 2.5, int: 7, yes: true },
    ...{ at, local: at, times: [at], day: new Date("2026-03-29"), json: { a: [1] } },
    ...{ list: ["x", "y,z"], nothing: null, bytes: Buffer.from([0, 255]) },
  });
  await expect(db().$queryRaw`SELECT 9007199254740992::bigint`).rejects.toThrow("9007199254740992 is too large");
  expect(await db().$executeRaw(Prisma.sql`SELECT ${1} UNION ALL ${Prisma.sql`SELECT ${2}`}`)).toBe(2);
});

test("a model sees what a raw statement of its transaction has written, and the reverse", async () => {
  await transaction(async (tx) => {
    await tx.$executeRaw(key("seen"));
    expect(await tx.rateLimit.count({ where: { key: "seen" } })).toBe(1);
    await tx.rateLimit.update({ where: { key: "seen" }, data: { key: "seen by both" } });
    expect(await tx.$queryRaw`SELECT key FROM rate_limits WHERE key LIKE 'seen%'`).toEqual([{ key: "seen by both" }]);
    expect(await keys("seen by both")).toBe(0);
  });
  expect(await keys("seen by both")).toBe(1);
});

test.each([
  ["by an error of the code", () => Promise.reject(new Error("no"))],
  ["by a raw statement", (tx: Tx) => tx.$executeRaw`SELECT 1 / 0`],
  ["by a model", (tx: Tx) => tx.rateLimit.update({ where: { key: "none" }, data: { key: "x" } })],
])("nothing is left of a transaction that fails %s", async (how, fail) => {
  const failing = transaction(async (tx) => {
    await tx.$executeRaw(key(how));
    await tx.rateLimit.create({ data: { key: `${how}, too`, tat: new Date() } });
    await fail(tx);
  });
  await expect(failing).rejects.toThrow();
  expect([await keys(how), await keys(`${how}, too`)]).toEqual([0, 0]);
});

test("a failed statement whose error is swallowed does not pass for a commit", async () => {
  const swallowing = transaction(async (tx) => {
    await tx.$executeRaw(key("swallowed"));
    await tx.$executeRaw`SELECT 1 / 0`.catch(() => {});
  });
  await expect(swallowing).rejects.toThrow(/rolled back/);
  expect(await keys("swallowed")).toBe(0);
});

test("more transactions with models at once than there are connections", async () => {
  const many = Array.from({ length: 40 }, (_, i) =>
    transaction(async (tx) => {
      await tx.$executeRaw(key(`many ${i}`));
      return (await tx.rateLimit.findUniqueOrThrow({ where: { key: `many ${i}` } })).key;
    }),
  );
  expect(await Promise.all(many)).toEqual(many.map((_, i) => `many ${i}`));
});

test("a transaction has limits, so that a process that is stopped keeps no lock, also on a connection without", async () => {
  const limits = (tx: Tx) => tx.$queryRaw<{ lock: string; idle: string }[]>`
    SELECT current_setting('lock_timeout') AS lock, current_setting('idle_in_transaction_session_timeout') AS idle`;
  expect(await limits(db())).toMatchObject([{ lock: "10s" }]);
  // As behind a pooler in transaction mode, where another process may have set up the connection.
  await db().$executeRaw`RESET lock_timeout`;
  expect(await transaction(limits)).toEqual([{ lock: "10s", idle: "10s" }]);
});
