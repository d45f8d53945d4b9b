import { expect, test } from "vitest";
import { aliasOf } from "@/lib/auth/email-alias";
import { normalizeEmail } from "@/lib/email-address";

test.each([
  ["nora@customers.example", "nora@customers.example"],
  [" Nora@Customers.Example\u00a0", "nora@customers.example"],
  ["\u200bnora@customers.example\u2060", "nora@customers.example"],
  ["a&b@customers.example", "a&b@customers.example"],
  ["!#$%&'*+/=?^_`{|}~-@customers.example", "!#$%&'*+/=?^_`{|}~-@customers.example"],
  [".a..b.@customers.example", ".a..b.@customers.example"],
  ["nora+shop@customers.example", "nora+shop@customers.example"],
  ["a@xn--e1afmkfd.xn--p1ai", "a@xn--e1afmkfd.xn--p1ai"],
  ["a@пример.рф", "a@xn--e1afmkfd.xn--p1ai"],
  ["info@bücher.example", "info@xn--bcher-kva.example"],
  ["info@BÜCHER.example", "info@xn--bcher-kva.example"],
  ["info@bu\u0308cher.example", "info@xn--bcher-kva.example"],
  ["info@例子。公司", "info@xn--fsqu00a.xn--55qx5d"],
  ["info@XN--BCHER-KVA.example", "info@xn--bcher-kva.example"],
  ["用户@例子.公司", "用户@xn--fsqu00a.xn--55qx5d"],
  ["Jose\u0301@correo.example", "josé@correo.example"],
  ["😀@customers.example", "😀@customers.example"],
])("%j is stored and sent as %j", (typed, stored) => {
  expect(normalizeEmail(typed)).toBe(stored);
  expect(normalizeEmail(stored)).toBe(stored);
});

test.each([
  "",
  "nobody",
  "@customers.example",
  "nora@",
  "nora@localhost",
  "nora@customers..example",
  "nora@customers.example.",
  "nora@-customers.example",
  "nora@cust_omers.example",
  "nora@127.0.0.1",
  "nora@0x7f.1",
  "nora@１２７.0.0.1",
  "nora@[127.0.0.1]",
  "nora@customers.example/path",
  "nora@%63ustomers.example",
  "nora@xn--a.example",
  "nora@ex\u200bample.example",
  "no ra@customers.example",
  '"no ra"@customers.example',
  "nora@@customers.example",
  "a@b@customers.example",
  "nora＠customers.example",
  "ｎora@customers.example",
  "no\u0000ra@customers.example",
  "no\ud800ra@customers.example",
  "no\u200bra@customers.example",
  "no\u202era@customers.example",
  "a@b.example\r\nBcc: c@d.example",
  "Nora <nora@customers.example>",
  "nora@customers.example, kim@customers.example",
  `${"a".repeat(250)}@b.example`,
  `a@${"ü".repeat(60)}.example`,
])("%j is not an address", (typed) => expect(normalizeEmail(typed)).toBeUndefined());

test("an alias of another address is not an address of its own", () => {
  expect(aliasOf("nora@customers.example")).toBe("nora@customers.example");
  const alias = aliasOf("a&b@customers.example");
  expect(alias).toMatch(/@alias\.invalid$/);
  expect(aliasOf(alias)).toBe("");
});
