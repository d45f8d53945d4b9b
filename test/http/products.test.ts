import { expect, test } from "vitest";
import { productPageSchema, productViewSchema } from "@/lib/catalogue/products";
import { answer, get, newProduct, problemOf } from "./shop";

const list = async (query: string) => answer(await get(`/api/products${query}`), 200, productPageSchema);

test("the pages of the list hold every product once, sorted by name", async () => {
  // Other tests create and sell products at the same time; only the seeded ones count.
  const seeded = (items: { id: string }[]) => items.map(({ id }) => id).filter((id) => /^prod_\d{3}$/.test(id));
  const all = (await list("?limit=100")).items;
  const seen = [];
  for (let cursor: string | null = ""; cursor !== null; ) {
    const page: Awaited<ReturnType<typeof list>> = await list(`?limit=7${cursor && `&cursor=${cursor}`}`);
    expect(page.items.length).toBeLessThanOrEqual(7);
    seen.push(...page.items);
    cursor = page.nextCursor;
  }
  expect(seeded(seen).length).toBeGreaterThanOrEqual(40);
  expect(seeded(seen)).toEqual(seeded(all));
  expect(new Set(seen.map(({ id }) => id)).size).toBe(seen.length);
});

test("the sitemap lists every product, and robots.txt the private pages", async () => {
  const product = await newProduct(1);
  const map = await (await get("/sitemap.xml")).text();
  expect(map).toMatch(new RegExp(`<loc>http[^<]+/products/${product}</loc>`));
  const robots = await (await get("/robots.txt")).text();
  expect(robots).toMatch(/Disallow: \/console\n[\s\S]*Sitemap: http\S+\/sitemap.xml/);
});

test("a search finds products with all its words, ignores case, and treats % and _ as text", async () => {
  const found = (await list("?q=STONEWARE+mug")).items;
  expect(found.map(({ sku }) => sku)).toEqual(["MUG-STONE"]);
  expect((await list("?q=stoneware+umbrella")).items).toEqual([]);
  expect((await list("?q=%25%25_")).items).toEqual([]);
  expect((await list("?q=';DROP TABLE products;--")).items).toEqual([]);
});

test("a product is found by its id; an unknown or inactive product is 404", async () => {
  const id = await newProduct(1, { name: "Only here" });
  const listed = (await list("?q=Only+here")).items.find((product) => product.id === id);
  expect(await answer(await get(`/api/products/${id}`), 200, productViewSchema)).toEqual(listed);
  const gone = await newProduct(5, { active: false });
  for (const id of [gone, "prod_none", "%00", "..%2f..%2fetc", "'"])
    expect(await problemOf(await get(`/api/products/${id}`), 404)).toMatchObject({ code: "not_found" });
  expect((await list("?limit=100")).items.map(({ id }) => id)).not.toContain(gone);
});

test.each([
  ["limit", "?limit=0"],
  ["limit", "?limit=101"],
  ["limit", "?limit=many"],
  ["limit", "?limit=1e999"],
  ["cursor", "?cursor=nonsense"],
  ["cursor", `?cursor=${Buffer.from('["a\\u0000","b"]').toString("base64url")}`],
  ["q", "?q=%00"],
  ["q", `?q=${"x".repeat(201)}`],
  ["sort", "?sort=colour"],
])("a wrong %s is 422 and names the field (%s)", async (field, query) => {
  const { errors } = await problemOf(await get(`/api/products${query}`), 422);
  expect(errors?.map(({ path }) => path)).toEqual([field]);
});
