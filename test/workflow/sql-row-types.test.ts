import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import pg from "pg";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { freshDatabase } from "../postgres";
import { type Kind, readStatements } from "../sql/statements";

/** Every raw query that returns rows is prepared by PostgreSQL, and its columns are compared with the declared row type. */
const { statements, dynamic } = readStatements(["app/", "inngest/", "lib/"]);

/** Queries put together at run time: conditions by segment or by filter, columns by name, the sweeps and the checks of the invariants. */
const DYNAMIC = [
  "lib/broadcasts/broadcasts.ts",
  "lib/broadcasts/plan-page.ts",
  "lib/imports/write-rows.ts",
  "lib/invariants.ts",
  "lib/order-state/scan-timeline.ts",
  "lib/orders/select-orders.ts",
  "lib/payments/sync-refund.ts",
  "lib/reconcile/run-sweeps.ts",
  "lib/reconcile/sweep-round.ts",
  "lib/webhook-inbox.ts",
];

const client: { current?: pg.Client } = {};
const enums = new Set<number>();
beforeAll(async () => {
  const connection = new pg.Client({ connectionString: await freshDatabase(inject("postgres")) });
  await connection.connect();
  client.current = connection;
  const { rows } = await connection.query<{ oid: number }>("SELECT oid::int FROM pg_type WHERE typtype = 'e'");
  for (const { oid } of rows) enums.add(oid);
});
afterAll(() => client.current?.end());

test("reads and writes go through Prisma's models, except where SQL is needed", () => {
  const files = ["app", "inngest", "lib", "bin"].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => path.join(folder, name)),
  );
  const sources = files.filter((name) => /\.tsx?$/.test(name) && !name.endsWith("raw-statements.ts"));
  const raw = sources.flatMap((name) => readFileSync(name, "utf8").match(/\$(queryRaw|executeRaw)\b/g) ?? []);
  expect(raw.length).toBeGreaterThan(100);
  expect(raw.length).toBeLessThan(150);
});

test("few queries are dynamic, and each is known", () => {
  const files = [...new Set(dynamic.map((place) => place.split(":")[0]))].sort();
  expect(files, dynamic.join("\n")).toEqual(DYNAMIC);
});

test.each(statements)("$place declares the columns that it selects", async ({ sql, columns }) => {
  const described = await describe(sql);
  if (!columns) return;
  expect(described.map(({ name }) => name).sort()).toEqual(Object.keys(columns).sort());
  // A JSON column holds whatever its type says, and a text may be narrowed to a union.
  for (const { name, kind } of described)
    if (kind !== "json" && columns[name] !== "json") expect([name, kind]).toEqual([name, columns[name]]);
});

interface Column {
  name: string;
  kind: Kind;
}

/** Has PostgreSQL parse a statement and describe its result, without executing it. */
function describe(sql: string): Promise<Column[]> {
  const connection = client.current ?? expect.fail("no database");
  return new Promise((resolve, reject) => {
    let columns: Column[] = [];
    connection.query({
      submit(wire: pg.Connection) {
        wire.parse({ text: sql, name: "", types: [] }, false);
        wire.describe({ type: "S", name: "" }, false);
        wire.sync();
      },
      handleRowDescription({ fields }: { fields: pg.FieldDef[] }) {
        columns = fields.map(({ name, dataTypeID }) => ({ name, kind: kindOf(dataTypeID) }));
      },
      handleReadyForQuery: () => resolve(columns),
      handleError: (error: Error) => reject(new Error(`${error.message}\n${sql}`)),
    });
  });
}

/** What a raw statement makes of a column (pg_type.dat, oid). */
const KINDS: Record<number, Kind> = {
  16: "boolean",
  20: "number",
  21: "number",
  23: "number",
  25: "string",
  114: "json",
  700: "number",
  701: "number",
  1009: "string[]",
  1042: "string",
  1043: "string",
  1082: "Date",
  1185: "string[]",
  1184: "Date",
  3802: "json",
};

function kindOf(oid: number): Kind {
  return enums.has(oid) ? "string" : (KINDS[oid] ?? expect.fail(`unknown type ${oid}`));
}
