import { expect, test } from "vitest";
import { safeRedirect } from "@/app/safe-redirect";

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
])("%j leads elsewhere, or nowhere", (path) => {
  expect(safeRedirect(path)).toBeUndefined();
});
