import { expect, test } from "vitest";
import { statementNames } from "@/lib/raw-statements";

const statement = (sql: string, ...args: unknown[]) => ({ sql, args });

test("a statement that comes again has a name, the same in every process, and another text another one", () => {
  const [one, other] = [statementNames(), statementNames()];
  for (const name of [one, other]) expect(name(statement("SELECT $1", 1))).toBe("");
  const first = one(statement("SELECT $1", 2));
  expect(first).toMatch(/^\S{43}$/);
  expect(other(statement("SELECT $1", 3))).toBe(first);
  one(statement("SELECT $1 + 1", 1));
  expect(one(statement("SELECT $1 + 1", 1))).not.toBe(first);
});

test("what is without arguments or of many rows, or searches for a part of a text, has none", () => {
  const name = statementNames();
  const rows = "x".repeat(20_000);
  for (let i = 0; i < 3; i++) {
    expect(name(statement("BEGIN"))).toBe("");
    expect(name(statement("INSERT $1", rows))).toBe("");
    for (const operator of ["LIKE", "ILIKE"])
      expect(name(statement(`SELECT 1 FROM orders WHERE email ${operator} $1`, "%ann%"))).toBe("");
  }
});

test("however many texts there are, only so many are collected", () => {
  const name = statementNames(10);
  const named = new Set<string>();
  for (let i = 0; i < 100; i++) for (let n = 0; n < 2; n++) named.add(name(statement(`SELECT $1 + ${i}`, 1)));
  named.delete("");
  expect(named.size).toBe(10);
});
