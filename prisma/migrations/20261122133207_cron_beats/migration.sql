-- CreateTable
CREATE TABLE "cron_beats" (
    "name" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "run_id" TEXT,
    "interval_ms" BIGINT NOT NULL,

    CONSTRAINT "cron_beats_pkey" PRIMARY KEY ("name")
);
