-- CreateTable
CREATE TABLE "reconcile_retries" (
    "kind" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 1,
    "not_before" TIMESTAMPTZ(3) NOT NULL,
    "last_error" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "reconcile_retries_pkey" PRIMARY KEY ("kind","id")
);

-- CreateIndex
CREATE INDEX "reconcile_retries_not_before_idx" ON "reconcile_retries"("not_before");
