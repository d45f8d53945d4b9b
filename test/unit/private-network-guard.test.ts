import type { LookupAddress } from "node:dns";
import { expect, test } from "vitest";
import { guardedLookup } from "@/lib/http/private-network-guard";

const resolve = (name: string, all = false) =>
  new Promise<{ error: Error | null; address: string | LookupAddress[] }>((done) => {
    guardedLookup(name, { all }, (error, address) => done({ error, address }));
  });

test.each([true, false])(
  "a name that resolves to a private address is refused when the connection is made (all: %s)",
  async (all) => {
    const { error } = await resolve("localhost", all);
    expect(error).toMatchObject({ code: "address_not_public", status: 422 });
  },
);

test("an IP address resolves to itself and is checked too", async () => {
  expect(await resolve("1.1.1.1")).toEqual({ error: null, address: "1.1.1.1" });
  expect((await resolve("10.0.0.1")).error).toMatchObject({ code: "address_not_public" });
});
