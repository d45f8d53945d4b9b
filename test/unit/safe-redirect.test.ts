import { expect, test } from "vitest";
import { safeRedirect } from "@/lib/safe-redirect";

test("the result is what the browser makes of the path", () => {
  expect(safeRedirect("/a/./b/../c?next=//x#d")).toBe("/a/c?next=//x#d");
});

test.each(["/", "/account", "/console/orders?status=failed&q=a%20b", "/a//b"])("%s is a path of the shop", (path) => {
  expect(safeRedirect(path)).toBe(path);
});

test.each([
  "",
  "account",
  "//evil.example",
  "/\\evil.example",
  "/\t/evil.example",
  "/\n\\evil.example",
  "https://x.example",
  "javascript:alert(1)",
  "//",
  "/.//evil.example/x",
  "/./\\evil.example",
  "/a/..//evil.example",
  "/%2e//evil.example",
  "/.%2e/\t/evil.example",
])("%j leads elsewhere, or nowhere", (path) => {
  expect(safeRedirect(path)).toBeUndefined();
});
