import { z } from "zod";
import { db, Prisma, type Row } from "../db";
import { notFound } from "../errors";
import { isLow, lowStockThreshold } from "../low-stock";
import type { Money } from "../money";
import { type Page, pageOf, pageQuery, readCursor } from "../pagination";
import { MAX_WORDS, similarityWords, wordsOf } from "../search/words";
import { searchTextSchema } from "../text";
import { timeInputSchema } from "../time-schema";
import { countSchema, moneySchema } from "../view-schemas";

/** A product as the shop shows it. */
export const productViewSchema = z.strictObject({
  id: z.string(),
  sku: z.string(),
  name: z.string(),
  description: z.string(),
  price: moneySchema,
  available: countSchema.describe("The units that can be bought now."),
  low: z.boolean().describe("Whether only few units are left, by the threshold of the product or of the shop."),
});

export const productPageSchema = z.strictObject({
  items: z.array(productViewSchema),
  nextCursor: z.string().nullable().describe("For the next page; null on the last."),
});

export type ProductView = z.output<typeof productViewSchema>;

/** The orders of the product list. */
export const PRODUCT_SORTS = ["name", "price", "-price", "newest"] as const;
export type ProductSort = (typeof PRODUCT_SORTS)[number];

export const productQuerySchema = pageQuery(20).extend({
  q: searchTextSchema.optional(),
  sort: z.enum(PRODUCT_SORTS).optional().describe("The order of the list, by default the name. A search ignores it."),
});

type ProductQuery = z.output<typeof productQuerySchema>;

export const PRODUCT_FIELDS = {
  id: true,
  sku: true,
  name: true,
  description: true,
  priceAmount: true,
  currency: true,
} satisfies Prisma.ProductSelect;

const SELECT = {
  ...PRODUCT_FIELDS,
  inventory: { select: { available: true, lowStock: true } },
} satisfies Prisma.ProductSelect;

/** Returns a page of the products on sale, sorted; with `q`, what matches the search, best first. */
export async function listProducts({ q, limit, cursor, sort = "name" }: ProductQuery): Promise<Page<ProductView>> {
  if (q) return searchProducts(q, limit, cursor);
  const { field, direction, schema } = SORTS[sort];
  const [value, id] = cursor === undefined ? [] : readCursor(cursor, z.tuple([schema, z.string()]));
  const after = direction === "asc" ? "gt" : "lt";
  const rows = await db().product.findMany({
    where: {
      active: true,
      ...(value !== undefined && { OR: [{ [field]: { [after]: value } }, { [field]: value, id: { gt: id } }] }),
    },
    orderBy: [{ [field]: direction }, { id: "asc" }],
    take: limit + 1,
    select: { ...SELECT, createdAt: true },
  });
  return pageOf(
    rows,
    limit,
    ({ createdAt: _createdAt, ...row }) => view(row),
    (row) => [row[field], row.id],
  );
}

/** Of each order: its column, and the schema of the column's value in a cursor. */
const SORTS = {
  name: { field: "name", direction: "asc", schema: z.string() },
  price: { field: "priceAmount", direction: "asc", schema: z.int() },
  "-price": { field: "priceAmount", direction: "desc", schema: z.int() },
  newest: { field: "createdAt", direction: "desc", schema: timeInputSchema },
} as const satisfies Record<ProductSort, unknown>;

/** Sitemaps have at most this many addresses (sitemaps.org/protocol.html). */
const MAX_SITEMAP_PRODUCTS = 50_000 - 1;

/** Returns the products on sale for the sitemap, the latest changes first. */
export const listProductsForSitemap = (): Promise<{ id: string; updatedAt: Date }[]> =>
  db().product.findMany({
    where: { active: true },
    orderBy: [{ updatedAt: "desc" }, { id: "asc" }],
    take: MAX_SITEMAP_PRODUCTS,
    select: { id: true, updatedAt: true },
  });

/** Returns a product on sale. @throws AppError `not_found` (404) */
export async function getProduct(id: string): Promise<ProductView> {
  const row = await db().product.findUnique({ where: { id, active: true }, select: SELECT });
  if (!row) throw notFound("product");
  return view(row);
}

const view = ({
  priceAmount: amount,
  currency,
  inventory,
  ...product
}: Row<"product", { select: typeof SELECT }>): ProductView => {
  const stock = inventory ?? { available: 0, lowStock: null };
  return { ...product, price: { amount, currency }, available: stock.available, low: isLow(stock) };
};

interface Match extends Omit<ProductView, "price">, Money {
  tier: number;
  score: string;
}

const matchCursorSchema = z.tuple([z.int32(), z.string().regex(/^\d+(\.\d+)?$/), z.string(), z.string()]);

/**
 * Returns the words of a search as `product_document` separates them. For PostgreSQL, a letter can include its marks, such as the
 * vowels of Hindi and Thai.
 */
const wordsOfDocument = (q: string) => Prisma.sql`
  SELECT w FROM regexp_split_to_table(${q}, '[^[:alnum:]]+') w WHERE w <> '' LIMIT ${MAX_WORDS}`;

/**
 * Returns the products on sale that match a search, in one statement. They are ordered by the kind of match:
 * 1. The name or the SKU equals the search.
 * 2. The full text contains each word, or a word that begins with it. The name counts more than the description.
 * 3. The name is similar to each word.
 */
async function searchProducts(q: string, limit: number, cursor?: string): Promise<Page<ProductView>> {
  const words = wordsOf(q);
  const after = cursor === undefined ? undefined : readCursor(cursor, matchCursorSchema);
  const matches = await db().$queryRaw<Match[]>`
    WITH query AS (
      SELECT string_agg(format('(%s | %s)', to_tsquery('english', w || ':*'), to_tsquery('simple', w || ':*')), ' & ')::tsquery AS words
      FROM (${wordsOfDocument(q)}) words WHERE numnode(to_tsquery('english', w || ':*')) > 0
    ), found AS MATERIALIZED (
      SELECT p.id, CASE WHEN lower(${q}) IN (lower(p.name), lower(p.sku)) THEN 0 ELSE 1 END AS tier,
        ts_rank(product_document(p.name, p.sku, p.description), query.words) AS score
      FROM products p, query WHERE p.active AND product_document(p.name, p.sku, p.description) @@ query.words
    ), hits AS (
      SELECT * FROM found
      UNION ALL
      SELECT l.id, 2, l.similarity FROM similar_products(${similarityWords(words)}::text[]) l
      WHERE ${after !== undefined} OR (SELECT count(*) FROM found) <= ${limit}
    ), best AS (
      SELECT DISTINCT ON (id) id, tier, round(score::numeric, 6) AS score FROM hits ORDER BY id, tier
    )
    SELECT p.id, p.sku, p.name, p.description, p.price_amount AS amount, p.currency, coalesce(i.available, 0) AS available,
      coalesce(i.available, 0) <= ${lowStockThreshold()} AS low, best.tier, best.score::text
    FROM best JOIN products p ON p.id = best.id LEFT JOIN inventory i ON i.product_id = p.id
    ${after ? Prisma.sql`WHERE (best.tier, -best.score, p.name, p.id) > (${after[0]}, -${after[1]}::numeric, ${after[2]}, ${after[3]})` : Prisma.empty}
    ORDER BY best.tier, best.score DESC, p.name, p.id LIMIT ${limit + 1}`;
  const toView = ({ tier: _tier, score: _score, amount, currency, ...product }: Match): ProductView => ({
    ...product,
    price: { amount, currency },
  });
  return pageOf(matches, limit, toView, ({ tier, score, name, id }) => [tier, score, name, id]);
}
