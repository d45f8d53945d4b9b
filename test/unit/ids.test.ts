import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AppError, conflict, invalid, messageOf, notFound } from "@/lib/errors";
import { fingerprint, newId, newToken, sameSecret } from "@/lib/ids";

describe("fingerprint", () => {
  it("does not depend on the order of keys, at any depth", () => {
    const reversed = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(reversed);
      if (value === null || typeof value !== "object") return value;
      return Object.fromEntries(
        Object.entries(value)
          .reverse()
          .map(([key, inner]) => [key, reversed(inner)]),
      );
    };
    fc.assert(fc.property(fc.jsonValue(), (value) => fingerprint(reversed(value)) === fingerprint(value)));
  });

  it("distinguishes values, and the order of a list", () => {
    const all = [
      { a: 1 },
      { a: "1" },
      { a: [1, 2] },
      { a: [2, 1] },
      { a: null },
      {},
      [],
      "a",
      { b: 1 },
      { a: { b: 1 } },
    ];
    expect(new Set(all.map(fingerprint)).size).toBe(all.length);
  });
});

describe("ids", () => {
  it("carry their kind, are opaque and never the same", () => {
    const ids = Array.from({ length: 1_000 }, () => newId("ord"));
    expect(new Set(ids).size).toBe(1_000);
    for (const id of ids) expect(id).toMatch(/^ord_[0-9a-hjkmnp-tv-z]{26}$/);
  });

  it("tokens have 192 bits and fit in an address", () => {
    expect(newToken()).toMatch(/^[\w-]{32}$/);
    expect(newToken()).not.toBe(newToken());
  });

  it("secrets of any length are compared", () => {
    expect(sameSecret("a", "a")).toBe(true);
    expect(sameSecret("a", "ab")).toBe(false);
    expect(sameSecret("", "a")).toBe(false);
  });
});

describe("errors", () => {
  it("carry a stable code, a status and whether a retry can help", () => {
    expect(notFound("order")).toMatchObject({ code: "not_found", status: 404, retry: false, errors: [] });
    expect(conflict("x", "y")).toMatchObject({ code: "x", status: 409, retry: false });
    const errors = [{ path: "a", message: "b" }];
    expect(invalid("no", errors)).toMatchObject({ code: "validation_failed", status: 422, errors });
    expect(new AppError("down", 503, "later", { retry: 5_000 })).toMatchObject({ retry: 5_000 });
  });

  it("anything that was thrown has a message", () => {
    expect(messageOf(new Error("x"))).toBe("x");
    expect(messageOf("y")).toBe("y");
    expect(messageOf(undefined)).toBe("undefined");
  });
});
