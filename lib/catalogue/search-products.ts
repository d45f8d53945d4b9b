import { z } from "zod";
import { db, Prisma } from "../db";
import { type Page, pageOf, readCursor } from "../pagination";
import { similarityWords, wordsOf } from "../search/words";
import type { ProductView } from "./product-view";

interface Row extends Omit<ProductView, "price"> {
  amount: number;
  currency: string;
  tier: number;
  score: string;
}

const cursorSchema = z.tuple([z.int(), z.string().regex(/^\d+(\.\d+)?$/), z.string(), z.string()]);

/**
 * Returns the products on sale that match a search, in one statement. They are ordered by the kind of match:
 * 1. The name or the SKU equals the search.
 * 2. The full text contains each word, or a word that begins with it. The name counts more than the description.
 * 3. The name is similar to each word.
 */
export async function searchProducts({
  q,
  limit,
  cursor,
}: {
  q: string;
  limit: number;
  cursor?: string;
}): Promise<Page<ProductView>> {
  const words = wordsOf(q);
  const after = cursor === undefined ? undefined : readCursor(cursor, cursorSchema);
  const rows = await db().$queryRaw<Row[]>`
    WITH query AS (
      SELECT string_agg(format('(%s | %s)', to_tsquery('english', w || ':*'), to_tsquery('simple', w || ':*')), ' & ')::tsquery AS words
      FROM unnest(${words}::text[]) w WHERE numnode(to_tsquery('english', w || ':*')) > 0
    ), hits AS (
      SELECT p.id, CASE WHEN lower(${q}) IN (lower(p.name), lower(p.sku)) THEN 0 ELSE 1 END AS tier,
        ts_rank(product_document(p.name, p.sku, p.description), query.words) AS score
      FROM products p, query WHERE p.active AND product_document(p.name, p.sku, p.description) @@ query.words
      UNION ALL
      SELECT l.id, 2, l.similarity FROM similar_products(${similarityWords(words)}::text[]) l
    ), best AS (
      SELECT DISTINCT ON (id) id, tier, round(score::numeric, 6) AS score FROM hits ORDER BY id, tier
    )
    SELECT p.id, p.sku, p.name, p.description, p.price_amount AS amount, p.currency, coalesce(i.available, 0) AS available,
      best.tier, best.score::text
    FROM best JOIN products p ON p.id = best.id LEFT JOIN inventory i ON i.product_id = p.id
    ${after ? Prisma.sql`WHERE (best.tier, -best.score, p.name, p.id) > (${after[0]}, -${after[1]}::numeric, ${after[2]}, ${after[3]})` : Prisma.empty}
    ORDER BY best.tier, best.score DESC, p.name, p.id LIMIT ${limit + 1}`;
  return pageOf(rows, limit, view, ({ tier, score, name, id }) => [tier, score, name, id]);
}

const view = ({ id, sku, name, description, amount, currency, available }: Row): ProductView => ({
  ...{ id, sku, name, description, available },
  price: { amount, currency },
});
