import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

interface Lockfile {
  packages: Record<string, { integrity?: string; resolved?: string }>;
}

test("the lockfile has a checksum of every package, for each platform, and no address", () => {
  const { packages }: Lockfile = JSON.parse(readFileSync("package-lock.json", "utf8"));
  const installed = Object.entries(packages).filter(([path]) => path !== "");
  expect(installed.length).toBeGreaterThan(100);
  const wrong = installed.filter(([, { integrity, resolved }]) => !integrity?.startsWith("sha512-") || resolved);
  expect(wrong.map(([path]) => path)).toEqual([]);
});
