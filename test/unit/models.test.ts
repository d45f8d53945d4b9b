import { expect, test } from "vitest";
import type { Prisma } from "@/lib/db";
import { exactNumber, type Row } from "@/lib/models";

type Model = Uncapitalize<Prisma.ModelName>;
type Bigints = {
  [Name in Model]: {
    [Field in keyof Row<Name>]: Extract<Row<Name>[Field], bigint> extends never ? never : [Name, Field];
  }[keyof Row<Name>];
}[Model];

test("no model returns a bigint", () => {
  // The type is the first such field, and the file does not compile.
  const none: [Bigints] extends [never] ? true : Bigints = true;
  expect(none).toBe(true);
});

test.each([
  [0n, 0],
  [-5n, -5],
  ["999999999999", 999_999_999_999],
  [9_007_199_254_740_991n, 9_007_199_254_740_991],
])("%s is the number %d", (value, number) => {
  expect(exactNumber(value)).toBe(number);
});

test.each([9_007_199_254_740_992n, "-9007199254740993"])("%s is too large for an exact number", (value) => {
  expect(() => exactNumber(value)).toThrow(`${value} is too large.`);
});
