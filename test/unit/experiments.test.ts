import { expect, test } from "vitest";
import { assignVariant, EXPERIMENTS, type Variant } from "@/lib/experiments/experiments";
import { difference, proportion } from "@/lib/experiments/statistics";

const variants: Variant[] = [
  { key: "a", name: "A", weight: 1, subject: "A" },
  { key: "b", name: "B", weight: 3, subject: "B" },
  { key: "off", name: "Off", weight: 0, subject: "Off" },
];
const users = Array.from({ length: 20_000 }, (_, index) => `usr_${index}`);

test("a user always gets the same variant, and each variant gets its share of the weights", () => {
  const got = users.map((user) => assignVariant("one", user, variants).key);
  expect(users.map((user) => assignVariant("one", user, variants).key)).toEqual(got);
  const share = (key: string) => got.filter((one) => one === key).length / users.length;
  // Four standard deviations of a binomial share.
  expect(Math.abs(share("a") - 0.25)).toBeLessThan(4 * Math.sqrt((0.25 * 0.75) / users.length));
  expect(share("off")).toBe(0);
});

test("the variants of a user in two experiments are independent", () => {
  const even = variants.slice(0, 2).map((variant) => ({ ...variant, weight: 1 }));
  const both = users.filter(
    (user) => assignVariant("one", user, even).key === "a" && assignVariant("two", user, even).key === "a",
  );
  expect(Math.abs(both.length / users.length - 0.25)).toBeLessThan(4 * Math.sqrt((0.25 * 0.75) / users.length));
});

test("every experiment has variants with weights and unique keys, and a kind of email of its own", () => {
  for (const { variants } of EXPERIMENTS) {
    expect(new Set(variants.map(({ key }) => key)).size).toBe(variants.length);
    expect(variants.some(({ weight }) => weight > 0)).toBe(true);
  }
  expect(new Set(EXPERIMENTS.map(({ emailKind }) => emailKind)).size).toBe(EXPERIMENTS.length);
});

// Newcombe 1998, Statistics in Medicine 17:857–872, table I, method 3.
test.each([
  [81, 263, 0.2553, 0.3662],
  [15, 148, 0.0624, 0.1605],
  [0, 20, 0, 0.1611],
  [1, 29, 0.0061, 0.1718],
])("Wilson's interval of %i in %i is %f to %f, as published", (hits, of, low, high) => {
  const estimate = proportion(hits, of);
  expect(estimate?.low).toBeCloseTo(low, 4);
  expect(estimate?.high).toBeCloseTo(high, 4);
});

test("without observations there is no estimate; five of five has a wide interval", () => {
  expect(proportion(0, 0)).toBeNull();
  expect(proportion(5, 5)).toMatchObject({ value: 1, high: 1 });
  expect(proportion(5, 5)?.low).toBeLessThan(0.6);
});

// Newcombe 1998, Statistics in Medicine 17:873–890, table II, method 10, contrasts (a) to (h); other implementations (ratesci
// and propint for R) are held to the same figures.
test.each([
  [56, 70, 48, 80, 0.2, 0.0524, 0.3339],
  [9, 10, 3, 10, 0.6, 0.1705, 0.809],
  [6, 7, 2, 7, 0.5714, 0.0582, 0.8062],
  [5, 56, 0, 29, 0.0893, -0.0381, 0.1926],
  [0, 10, 0, 20, 0, -0.1611, 0.2775],
  [0, 10, 0, 10, 0, -0.2775, 0.2775],
  [10, 10, 0, 20, 1, 0.6791, 1],
  [10, 10, 0, 10, 1, 0.6075, 1],
])("the difference of %i/%i and %i/%i, as published", (a, m, b, n, value, low, high) => {
  const [first, second] = [proportion(a, m), proportion(b, n)];
  if (!first || !second) return expect.fail();
  const result = difference(first, second);
  expect([result.value, result.low, result.high].map((one) => Number(one.toFixed(4)))).toEqual([value, low, high]);
});
