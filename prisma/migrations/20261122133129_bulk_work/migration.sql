-- CreateEnum
CREATE TYPE "job_status" AS ENUM ('queued', 'running', 'done', 'failed');

-- CreateEnum
CREATE TYPE "notification_status" AS ENUM ('pending', 'sending', 'sent', 'refused', 'failed', 'stopped');

-- CreateEnum
CREATE TYPE "chunk_status" AS ENUM ('pending', 'sending', 'done');

-- CreateEnum
CREATE TYPE "import_type" AS ENUM ('products', 'stock');

-- CreateEnum
CREATE TYPE "import_status" AS ENUM ('queued', 'fetching', 'checking', 'applying', 'done', 'failed', 'manual', 'dismissed');

-- CreateTable
CREATE TABLE "jobs" (
    "id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "status" "job_status" NOT NULL DEFAULT 'queued',
    "created_by" TEXT NOT NULL,
    "until" TIMESTAMPTZ(3) NOT NULL,
    "cursor" TEXT NOT NULL DEFAULT '',
    "total" INTEGER NOT NULL,
    "processed" INTEGER NOT NULL DEFAULT 0,
    "result" JSONB,
    "error" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "moved_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "jobs_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "customer_months" (
    "job_id" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "month" CHAR(7) NOT NULL,
    "orders" INTEGER NOT NULL,
    "revenue" BIGINT NOT NULL,

    CONSTRAINT "customer_months_pkey" PRIMARY KEY ("job_id","email","currency","month")
);

-- CreateTable
CREATE TABLE "broadcasts" (
    "id" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "message" TEXT NOT NULL,
    "segment" JSONB NOT NULL,
    "html" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "created_by" TEXT NOT NULL,
    "cursor" TEXT NOT NULL DEFAULT '',
    "chunks" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "moved_at" TIMESTAMPTZ(3) NOT NULL,
    "planned_at" TIMESTAMPTZ(3),
    "stopped_at" TIMESTAMPTZ(3),

    CONSTRAINT "broadcasts_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "notifications" (
    "broadcast_id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "chunk" INTEGER NOT NULL,
    "status" "notification_status" NOT NULL DEFAULT 'pending',
    "address" TEXT NOT NULL,
    "provider_id" TEXT,
    "error" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "notifications_pkey" PRIMARY KEY ("broadcast_id","user_id")
);

-- CreateTable
CREATE TABLE "broadcast_chunks" (
    "broadcast_id" TEXT NOT NULL,
    "chunk" INTEGER NOT NULL,
    "status" "chunk_status" NOT NULL DEFAULT 'pending',
    "version" INTEGER NOT NULL DEFAULT 1,
    "idempotency_key" TEXT,
    "claimed_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "moved_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "broadcast_chunks_pkey" PRIMARY KEY ("broadcast_id","chunk")
);

-- CreateTable
CREATE TABLE "imports" (
    "id" TEXT NOT NULL,
    "type" "import_type" NOT NULL,
    "url" TEXT NOT NULL,
    "status" "import_status" NOT NULL DEFAULT 'queued',
    "created_by" TEXT NOT NULL,
    "etag" TEXT,
    "last_modified" TEXT,
    "length" BIGINT,
    "fetched" BIGINT NOT NULL DEFAULT 0,
    "sha256" TEXT,
    "duplicate_of" TEXT,
    "byte_cursor" BIGINT NOT NULL DEFAULT 0,
    "line_cursor" INTEGER NOT NULL DEFAULT 1,
    "columns" TEXT[],
    "rows" INTEGER,
    "created" INTEGER NOT NULL DEFAULT 0,
    "updated" INTEGER NOT NULL DEFAULT 0,
    "unchanged" INTEGER NOT NULL DEFAULT 0,
    "bad" INTEGER NOT NULL DEFAULT 0,
    "spent_ms" INTEGER NOT NULL DEFAULT 0,
    "problem" JSONB,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "moved_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "imports_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "import_parts" (
    "import_id" TEXT NOT NULL,
    "at" BIGINT NOT NULL,
    "bytes" BYTEA NOT NULL,

    CONSTRAINT "import_parts_pkey" PRIMARY KEY ("import_id","at")
);

-- CreateTable
CREATE TABLE "import_errors" (
    "import_id" TEXT NOT NULL,
    "line" INTEGER NOT NULL,
    "column_name" TEXT NOT NULL,
    "message" TEXT NOT NULL,

    CONSTRAINT "import_errors_pkey" PRIMARY KEY ("import_id","line","column_name")
);

-- CreateTable
CREATE TABLE "manual_queue" (
    "id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "entity_id" TEXT NOT NULL,
    "cause" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "resolved_at" TIMESTAMPTZ(3),
    "resolved_by" TEXT,
    "resolution" TEXT,
    "note" TEXT,

    CONSTRAINT "manual_queue_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "customer_search" (
    "user_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "version" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "customer_search_pkey" PRIMARY KEY ("user_id")
);

-- CreateIndex
CREATE INDEX "jobs_created_at_id_idx" ON "jobs"("created_at", "id");

-- CreateIndex
CREATE INDEX "broadcasts_created_at_idx" ON "broadcasts"("created_at");

-- CreateIndex
CREATE UNIQUE INDEX "notifications_provider_id_key" ON "notifications"("provider_id");

-- CreateIndex
CREATE UNIQUE INDEX "notifications_broadcast_id_address_key" ON "notifications"("broadcast_id", "address");

-- CreateIndex
CREATE INDEX "notifications_broadcast_id_chunk_idx" ON "notifications"("broadcast_id", "chunk");

-- CreateIndex
CREATE INDEX "imports_type_ended_at_idx" ON "imports"("type", "ended_at");

-- CreateIndex
CREATE INDEX "manual_queue_created_at_id_idx" ON "manual_queue"("created_at", "id");

-- AddForeignKey
ALTER TABLE "customer_months" ADD CONSTRAINT "customer_months_job_id_fkey" FOREIGN KEY ("job_id") REFERENCES "jobs"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "notifications" ADD CONSTRAINT "notifications_broadcast_id_fkey" FOREIGN KEY ("broadcast_id") REFERENCES "broadcasts"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "broadcast_chunks" ADD CONSTRAINT "broadcast_chunks_broadcast_id_fkey" FOREIGN KEY ("broadcast_id") REFERENCES "broadcasts"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "import_parts" ADD CONSTRAINT "import_parts_import_id_fkey" FOREIGN KEY ("import_id") REFERENCES "imports"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "import_errors" ADD CONSTRAINT "import_errors_import_id_fkey" FOREIGN KEY ("import_id") REFERENCES "imports"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Broadcasts
ALTER TABLE "broadcasts" ADD CONSTRAINT "broadcasts_title_given" CHECK ("title" <> '' AND "message" <> '');
ALTER TABLE "broadcast_chunks" ADD CONSTRAINT "broadcast_chunks_sending_under_a_key" CHECK ("status" <> 'sending' OR "idempotency_key" IS NOT NULL);

-- Imports
ALTER TABLE "imports" ADD CONSTRAINT "imports_cursor_within_file" CHECK ("byte_cursor" BETWEEN 0 AND "fetched");
ALTER TABLE "imports" ADD CONSTRAINT "imports_counts" CHECK (least("created", "updated", "unchanged", "bad") >= 0);
-- One file of a kind goes in at a time
CREATE UNIQUE INDEX "imports_one_applied_at_a_time" ON "imports" ("type") WHERE "status" = 'applying';
-- One open task for one thing
CREATE UNIQUE INDEX "manual_queue_open" ON "manual_queue" ("kind", "entity_id") WHERE "resolved_at" IS NULL;

-- What is unfinished is always little among much
CREATE INDEX "broadcasts_unplanned" ON "broadcasts" ("moved_at") WHERE "planned_at" IS NULL AND "stopped_at" IS NULL;
CREATE INDEX "broadcast_chunks_unfinished" ON "broadcast_chunks" ("moved_at") WHERE "status" <> 'done';
CREATE INDEX "imports_unfinished" ON "imports" ("moved_at") WHERE "status" IN ('queued', 'fetching', 'checking', 'applying');
CREATE INDEX "jobs_unfinished" ON "jobs" ("moved_at") WHERE "status" IN ('queued', 'running');

-- Search. pg_trgm is a trusted extension: whoever owns the database may create it (PostgreSQL manual, F.35).
CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- A product as full text: its name and SKU count for more than its description. Signs other than letters and digits part
-- words, so that MUG-001 is found by either half.
CREATE FUNCTION "product_document"("name" TEXT, "sku" TEXT, "description" TEXT) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT setweight(to_tsvector('english', regexp_replace($1, '[^[:alnum:]]+', ' ', 'g')), 'A')
    || setweight(to_tsvector('simple', regexp_replace($2, '[^[:alnum:]]+', ' ', 'g')), 'B')
    || setweight(to_tsvector('english', regexp_replace($3, '[^[:alnum:]]+', ' ', 'g')), 'D')
$$;
CREATE INDEX "products_full_text" ON "products" USING gin ("product_document"("name", "sku", "description")) WHERE "active";
CREATE INDEX "products_trigrams" ON "products" USING gin (lower("name") gin_trgm_ops) WHERE "active";
CREATE INDEX "customer_search_trigrams" ON "customer_search" USING gin (lower("name" || ' ' || "email") gin_trgm_ops);

-- What resembles every one of the words, the first of which should be the longest: it goes through the index. 0.55 takes
-- one slip in a word of four letters or more ("hoodei", "cofee") and not another word with the same beginning ("mug",
-- "multi": 0.5). Functions, because the threshold of the operator can only be set around them.
CREATE FUNCTION "products_like"("words" TEXT[]) RETURNS TABLE ("id" TEXT, "likeness" REAL) LANGUAGE sql STABLE
  SET pg_trgm.word_similarity_threshold = '0.55' AS $$
  SELECT p.id, (SELECT min(word_similarity(w, lower(p.name))) FROM unnest(words) w)
  FROM products p WHERE p.active AND lower(p.name) %> words[1] AND lower(p.name) %> ALL (words)
$$;
CREATE FUNCTION "customers_like"("words" TEXT[]) RETURNS TABLE ("user_id" TEXT, "likeness" REAL) LANGUAGE sql STABLE
  SET pg_trgm.word_similarity_threshold = '0.55' AS $$
  SELECT c.user_id, (SELECT min(word_similarity(w, lower(c.name || ' ' || c.email))) FROM unnest(words) w)
  FROM customer_search c
  WHERE lower(c.name || ' ' || c.email) %> words[1] AND lower(c.name || ' ' || c.email) %> ALL (words)
$$;

-- Whoever is there already is found at once
INSERT INTO "customer_search" ("user_id", "name", "email", "version") SELECT "id", "name", "email", "updated_at" FROM "users";
