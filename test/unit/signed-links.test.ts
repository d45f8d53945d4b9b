import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { signLink, verifyLink } from "@/lib/signed-links";

process.env.AUTH_SECRET = "a secret of thirty-two characters";
const AT = new Date("2026-01-05T09:00:00Z");
const LATER = new Date("2026-01-06T09:00:00Z");

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: AT }));
afterEach(() => void vi.useRealTimers());

test("a signed payload is read back, and signing it again gives the same link", () => {
  const payload = { a: "é@customers.example", n: [1, null] };
  const token = signLink("unsubscribe", payload);
  expect(verifyLink("unsubscribe", token)).toEqual(payload);
  expect(signLink("unsubscribe", payload)).toBe(token);
  expect(encodeURIComponent(token)).toBe(token);
});

test("a link for one purpose is invalid for another", () => {
  expect(() => verifyLink("approval", signLink("unsubscribe", "x"))).toThrow("not a link of ours");
});

test("a link is valid until its expiry, exclusive", () => {
  const token = signLink("approval", "x", LATER);
  vi.setSystemTime(LATER.getTime() - 1);
  expect(verifyLink("approval", token)).toBe("x");
  vi.setSystemTime(LATER);
  expect(() => verifyLink("approval", token)).toThrow(expect.objectContaining({ code: "link_expired", status: 410 }));
});

test("a change of any character makes the link invalid", () => {
  const token = signLink("approval", { id: "exp_1" }, LATER);
  for (let i = 0; i < token.length; i++)
    for (const other of ["A", "B", "_", ".", ""]) {
      const changed = token.slice(0, i) + other + token.slice(i + 1);
      if (changed === token) continue;
      expect(() => verifyLink("approval", changed), changed).toThrow(expect.objectContaining({ code: "link_invalid" }));
    }
});

test.each(["", ".", "a.b", "a.b.c", `${signLink("approval", "x")}.`, `${signLink("approval", "x")}=`])(
  "%j is no link",
  (token) => {
    expect(() => verifyLink("approval", token)).toThrow(expect.objectContaining({ code: "link_invalid", status: 400 }));
  },
);
