import { expect, test } from "vitest";
import { ownPath } from "@/app/own-path";

test.each(["/", "/account", "/console/orders?status=failed&q=a%20b", "/a//b"])("%s is a path of the shop", (path) => {
  expect(ownPath(path)).toBe(path);
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
  expect(ownPath(path)).toBeUndefined();
});
