import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { audit, cartOf, count, get, newProduct, post, problemOf, shop, someone } from "./shop";

let product: string;
let other: string;
let before: number[];

/** The row counts that a refused checkout must not change. Only requests insert these rows: functions of earlier tests still run. */
const rows = () =>
  Promise.all(
    [
      "orders",
      "order_lines",
      "idempotency_records",
      "outbox WHERE name = 'order/created' AND id NOT LIKE '%:again:%'",
    ].map((table) => count(table)),
  );

beforeAll(async () => {
  product = await newProduct(1_000);
  other = await newProduct(1_000, { currency: "USD" });
  before = await rows();
});

afterAll(async () => {
  expect(await rows()).toEqual(before);
  await audit();
});

const withItems = (items: unknown) => ({ ...cartOf(product), items });
const quantity = (value: unknown) => withItems([{ productId: product, quantity: value }]);
const field = (name: string, value: unknown) => ({ ...cartOf(product), [name]: value });
const address = (name: string, value: unknown) =>
  field("shippingAddress", { line1: "1 Road", city: "Town", postalCode: "12345", country: "DE", [name]: value });

describe("an invalid cart is 422 and names the field", () => {
  test.each<[string, () => unknown, string]>([
    ["a negative quantity", () => quantity(-1), "items.0.quantity"],
    ["a quantity of zero", () => quantity(0), "items.0.quantity"],
    ["a fraction", () => quantity(1.5), "items.0.quantity"],
    ["a huge quantity", () => quantity(2 ** 31), "items.0.quantity"],
    ["a quantity as a string", () => quantity("2"), "items.0.quantity"],
    ["no quantity", () => quantity(null), "items.0.quantity"],
    ["a product twice", () => withItems([1, 2].map((n) => ({ productId: product, quantity: n }))), "items.1.productId"],
    ["an unknown product", () => withItems([{ productId: "prod_none", quantity: 1 }]), "items.0.productId"],
    [
      "two currencies",
      () => withItems([product, other].map((productId) => ({ productId, quantity: 1 }))),
      "items.1.productId",
    ],
    ["an empty cart", () => withItems([]), "items"],
    ["no cart", () => withItems(undefined), "items"],
    [
      "ten thousand lines",
      () => withItems(Array.from({ length: 10_000 }, (_, i) => ({ productId: `p${i}`, quantity: 1 }))),
      "items",
    ],
    ["a price from the client", () => withItems([{ productId: product, quantity: 1, price: 1 }]), "items.0.price"],
    ["a total from the client", () => field("total", { amount: 1, currency: "EUR" }), "total"],
    ["something that is no address", () => field("email", "nobody"), "email"],
    ["an address with a header in it", () => field("email", "a@b.example\r\nBcc: c@d.example"), "email"],
    ["two addresses", () => field("email", ["a@b.example", "c@d.example"]), "email"],
    ["a long address", () => field("email", `${"a".repeat(250)}@b.example`), "email"],
    ["a card number for a payment method", () => field("paymentMethod", "4242424242424242"), "paymentMethod"],
    ["an unknown coupon", () => field("couponCode", "' OR 1=1 --"), "couponCode"],
    ["a long name", () => field("name", "x".repeat(201)), "name"],
    ["a name of blanks", () => field("name", "   "), "name"],
    ["NUL in a name", () => field("name", "A\u0000B"), "name"],
    ["half a character in a name", () => field("name", "A\ud800B"), "name"],
    ["half a character in a product id", () => withItems([{ productId: "\udfff", quantity: 1 }]), "items.0.productId"],
    ["a line break in a city", () => address("city", "A\nB"), "shippingAddress.city"],
    ["NUL in a street", () => address("line1", "\u0000"), "shippingAddress.line1"],
    ["a country by name", () => address("country", "Germany"), "shippingAddress.country"],
    ["a code that is no country's", () => address("country", "ZZ"), "shippingAddress.country"],
    ["a postal code of another country", () => address("postalCode", "SW1A 1AA"), "shippingAddress.postalCode"],
    ["an unknown field of an address", () => address("planet", "Earth"), "shippingAddress.planet"],
    ["an array instead of an object", () => [], ""],
    ["null instead of an object", () => null, ""],
  ])("%s", async (_, body, path) => {
    const { errors = [] } = await problemOf(await post("/api/checkout", body()), 422);
    expect(errors.map((error) => error.path)).toContain(path);
  });

  test("an inactive product, like an unknown one", async () => {
    const gone = await newProduct(5, { active: false });
    const { errors } = await problemOf(await post("/api/checkout", cartOf(gone)), 422);
    expect(errors).toEqual([{ path: "items.0.productId", message: "is not a product on sale" }]);
  });

  test("__proto__, deep nesting and huge numbers", async () => {
    const cart = JSON.stringify(cartOf(product));
    const inject = (json: string) => `${cart.slice(0, -1)},${json}}`;
    const { errors = [] } = await problemOf(await post("/api/checkout", inject('"__proto__":{"x":1}')), 422);
    expect(errors.map(({ path }) => path)).toEqual(["__proto__"]);
    const deep = `"name":${"[".repeat(100_000)}${"]".repeat(100_000)}`;
    expect((await problemOf(await post("/api/checkout", inject(deep)), 422)).errors?.[0]?.path).toBe("name");
    const huge = cart.replace('"quantity":1', '"quantity":1e999');
    expect((await problemOf(await post("/api/checkout", huge), 422)).errors?.[0]?.path).toBe("items.0.quantity");
    const twice = cart.replace('"quantity":1', '"quantity":1,"quantity":-1');
    expect((await problemOf(await post("/api/checkout", twice), 422)).errors?.[0]?.path).toBe("items.0.quantity");
  });

  test.each(["x".repeat(300), "with a space", "k\u00e9y"])("the key %.20s", async (key) => {
    const { errors } = await problemOf(await post("/api/checkout", cartOf(product), { "idempotency-key": key }), 422);
    expect(errors?.map(({ path }) => path)).toEqual(["Idempotency-Key"]);
  });
});

test.each(["/api/checkout", "/api/auth/sign-in/email"])(
  "%s: more than one megabyte is 413, by its content-length or while reading",
  async (path) => {
    const body = JSON.stringify({ ...cartOf(product), name: "x".repeat(1_000_001) });
    expect(await problemOf(await post(path, body), 413)).toMatchObject({ code: "payload_too_large" });
    const stream = new Blob([body]).stream();
    const init: RequestInit & { duplex: "half" } = {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: stream,
      duplex: "half",
    };
    expect(await problemOf(await get(path, init), 413)).toMatchObject({ code: "payload_too_large" });
  },
);

test("a large body with one wrong field is 422", async () => {
  const body = { ...cartOf(product), name: "x".repeat(990_000) };
  expect((await problemOf(await post("/api/checkout", body), 422)).errors?.[0]?.path).toBe("name");
});

test("another content type is 415, malformed JSON is 400", async () => {
  const body = JSON.stringify(cartOf(product));
  for (const type of ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", ""])
    expect(await problemOf(await post("/api/checkout", body, { "content-type": type }), 415)).toMatchObject({
      code: "unsupported_media_type",
    });
  for (const text of ["", "{", "undefined", `${body}x`, "\u0000", "{'a':1}"])
    expect(await problemOf(await post("/api/checkout", text), 400)).toMatchObject({ code: "malformed_json" });
});

test("bytes that are not UTF-8 are 400, wherever they are in the body", async () => {
  const [before, after] = JSON.stringify(field("name", "\n")).split("\\n");
  for (const bytes of [[0xff], [0xc3], [0xed, 0xa0, 0x80]]) {
    const body = Buffer.concat([Buffer.from(before ?? ""), Buffer.from(bytes), Buffer.from(after ?? "")]);
    for (const sent of [body, Buffer.from([...Buffer.from("{}"), ...bytes])]) {
      const init = { method: "POST", headers: { "content-type": "application/json" }, body: sent };
      expect(await problemOf(await get("/api/checkout", init), 400)).toMatchObject({ code: "not_utf8" });
    }
  }
});

test("random JSON always gets a 4xx problem", async () => {
  const cart = () => ({ ...cartOf("prod_none"), email: someone() });
  const bodies = fc.oneof(
    fc.jsonValue({ noUnicodeString: false }),
    fc
      .tuple(
        fc.constantFrom("items", "email", "name", "phone", "shippingAddress", "paymentMethod", "couponCode"),
        fc.jsonValue(),
      )
      .map(([name, value]) => ({ ...cart(), [name]: value })),
    fc.string({ unit: "binary", maxLength: 100 }).map((name) => ({ ...cart(), name, phone: name })),
    fc
      .array(fc.record({ productId: fc.string({ unit: "binary" }), quantity: fc.oneof(fc.integer(), fc.double()) }), {
        maxLength: 5,
      })
      .map((items) => ({ ...cart(), items })),
  );
  await fc.assert(
    fc.asyncProperty(bodies, async (body) => {
      const response = await fetch(`${shop.app}/api/checkout`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      });
      expect(response.status).toBeGreaterThanOrEqual(400);
      await problemOf(response, response.status < 500 ? response.status : 422);
    }),
    { numRuns: 300 },
  );
});
