-- Trigrams alone cannot tell a slip of the finger from another word: "jakcet" shares fewer of them with "jacket" (0.28) than
-- "mug" with "multi" (0.5). They find the candidates through the index; how many letters are wrong decides.
-- fuzzystrmatch is a trusted extension, as pg_trgm is.
CREATE EXTENSION IF NOT EXISTS fuzzystrmatch;

-- How many letters of a word may be wrong; a swap of two counts as two.
CREATE FUNCTION "slips_allowed"("word" TEXT) RETURNS INT LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN length(word) < 4 THEN 0 WHEN length(word) < 6 THEN 1 ELSE 2 END
$$;

-- Whether every one of the words begins a word of the text, or is one of them but for some slips.
CREATE FUNCTION "holds_like"("content" TEXT, "words" TEXT[]) RETURNS BOOLEAN LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT NOT EXISTS (
    SELECT 1 FROM unnest(words) w WHERE NOT EXISTS (
      SELECT 1 FROM regexp_split_to_table(content, '[^[:alnum:]]+') t
      WHERE starts_with(t, w)
        OR levenshtein_less_equal(left(t, 60), left(w, 60), slips_allowed(w)) <= slips_allowed(w)))
$$;

-- The first of the words should be the longest: it goes through the index. Functions, because the threshold of the operator can
-- only be set around them.
CREATE OR REPLACE FUNCTION "products_like"("words" TEXT[]) RETURNS TABLE ("id" TEXT, "likeness" REAL) LANGUAGE sql STABLE
  SET pg_trgm.word_similarity_threshold = '0.25' AS $$
  SELECT p.id, (SELECT min(word_similarity(w, lower(p.name))) FROM unnest(words) w)
  FROM products p WHERE p.active AND lower(p.name) %> words[1] AND holds_like(lower(p.name), words)
$$;
CREATE OR REPLACE FUNCTION "customers_like"("words" TEXT[]) RETURNS TABLE ("user_id" TEXT, "likeness" REAL) LANGUAGE sql STABLE
  SET pg_trgm.word_similarity_threshold = '0.25' AS $$
  SELECT c.user_id, (SELECT min(word_similarity(w, lower(c.name || ' ' || c.email))) FROM unnest(words) w)
  FROM customer_search c
  WHERE lower(c.name || ' ' || c.email) %> words[1] AND holds_like(lower(c.name || ' ' || c.email), words)
$$;
