-- CreateEnum
CREATE TYPE "expense_status" AS ENUM ('pending', 'approved', 'rejected', 'withdrawn', 'paid', 'payment_failed');

-- CreateEnum
CREATE TYPE "decision_channel" AS ENUM ('api', 'link', 'timeout');

-- CreateEnum
CREATE TYPE "payout_status" AS ENUM ('created', 'sending', 'sent', 'paid', 'reversing', 'reversed', 'failed');

-- CreateTable
CREATE TABLE "expenses" (
    "id" TEXT NOT NULL,
    "submitter_id" TEXT NOT NULL,
    "amount" INTEGER NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "description" TEXT NOT NULL,
    "status" "expense_status" NOT NULL,
    "decided_by" TEXT,
    "decided_via" "decision_channel",
    "decided_at" TIMESTAMPTZ(3),
    "note" TEXT,
    "deadline_at" TIMESTAMPTZ(3) NOT NULL,
    "reminded_at" TIMESTAMPTZ(3),
    "settled_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "expenses_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "payouts" (
    "id" TEXT NOT NULL,
    "expense_id" TEXT NOT NULL,
    "amount" INTEGER NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "status" "payout_status" NOT NULL,
    "idempotency_key" TEXT NOT NULL,
    "tries" INTEGER NOT NULL DEFAULT 0,
    "destination" TEXT,
    "transfer_id" TEXT,
    "sent" INTEGER NOT NULL DEFAULT 0,
    "reversed" INTEGER NOT NULL DEFAULT 0,
    "failure_code" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "payouts_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "expenses_submitter_id_created_at_idx" ON "expenses"("submitter_id", "created_at");

-- CreateIndex
CREATE INDEX "expenses_status_created_at_idx" ON "expenses"("status", "created_at");

-- CreateIndex
CREATE UNIQUE INDEX "payouts_expense_id_key" ON "payouts"("expense_id");

-- CreateIndex
CREATE UNIQUE INDEX "payouts_idempotency_key_key" ON "payouts"("idempotency_key");

-- CreateIndex
CREATE UNIQUE INDEX "payouts_transfer_id_key" ON "payouts"("transfer_id");

-- AddForeignKey
ALTER TABLE "expenses" ADD CONSTRAINT "expenses_submitter_id_fkey" FOREIGN KEY ("submitter_id") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "expenses" ADD CONSTRAINT "expenses_decided_by_fkey" FOREIGN KEY ("decided_by") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "payouts" ADD CONSTRAINT "payouts_expense_id_fkey" FOREIGN KEY ("expense_id") REFERENCES "expenses"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What Prisma's schema cannot say

ALTER TABLE "expenses" ADD CONSTRAINT "expenses_amount_positive" CHECK ("amount" > 0);
ALTER TABLE "expenses" ADD CONSTRAINT "expenses_currency_form" CHECK ("currency" ~ '^[A-Z]{3}$');
-- One decision, by somebody else than the submitter, or by the deadline
ALTER TABLE "expenses" ADD CONSTRAINT "expenses_not_by_oneself" CHECK ("decided_by" IS NULL OR "decided_by" <> "submitter_id");
ALTER TABLE "expenses" ADD CONSTRAINT "expenses_decided_whole" CHECK (("decided_via" IS NULL) = ("decided_at" IS NULL) AND ("decided_via" IN ('api', 'link')) = ("decided_by" IS NOT NULL));
ALTER TABLE "expenses" ADD CONSTRAINT "expenses_status_decided" CHECK (CASE WHEN "status" = 'pending' THEN "decided_at" IS NULL WHEN "status" = 'withdrawn' THEN true ELSE "decided_at" IS NOT NULL END);

-- Money out: never more than approved, never more back than went out, and nothing half-way at an end
ALTER TABLE "payouts" ADD CONSTRAINT "payouts_amount_positive" CHECK ("amount" > 0);
ALTER TABLE "payouts" ADD CONSTRAINT "payouts_sent_within_amount" CHECK ("sent" IN (0, "amount") AND "reversed" BETWEEN 0 AND "sent");
ALTER TABLE "payouts" ADD CONSTRAINT "payouts_sent_known" CHECK (("sent" > 0) = ("transfer_id" IS NOT NULL));
ALTER TABLE "payouts" ADD CONSTRAINT "payouts_balanced" CHECK (CASE "status" WHEN 'paid' THEN "sent" = "amount" AND "reversed" = 0 WHEN 'reversed' THEN "sent" = "reversed" WHEN 'failed' THEN "sent" = 0 ELSE true END);

CREATE INDEX "expenses_unfinished" ON "expenses" ("deadline_at") WHERE "status" = 'pending';
CREATE INDEX "expenses_unsettled" ON "expenses" ("updated_at") WHERE "settled_at" IS NULL;
CREATE INDEX "payouts_unfinished" ON "payouts" ("updated_at") WHERE "status" IN ('created', 'sending', 'sent', 'reversing');
