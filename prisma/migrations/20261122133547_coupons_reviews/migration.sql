-- CreateEnum
CREATE TYPE "coupon_kind" AS ENUM ('percent', 'fixed');

-- CreateEnum
CREATE TYPE "review_status" AS ENUM ('noted', 'held', 'released', 'rejected', 'expired');

-- AlterTable
ALTER TABLE "orders" ADD COLUMN     "coupon_code" TEXT,
ADD COLUMN     "discount_amount" INTEGER NOT NULL DEFAULT 0;

-- CreateTable
CREATE TABLE "coupons" (
    "code" TEXT NOT NULL,
    "kind" "coupon_kind" NOT NULL,
    "percent" INTEGER,
    "amount" INTEGER,
    "minimum_amount" INTEGER,
    "currency" CHAR(3),
    "email" TEXT,
    "expires_at" TIMESTAMPTZ(3),
    "order_id" TEXT,
    "gift_email" TEXT,
    "gift_user_id" TEXT,
    "created_by" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "coupons_pkey" PRIMARY KEY ("code")
);

-- CreateTable
CREATE TABLE "order_reviews" (
    "order_id" TEXT NOT NULL,
    "status" "review_status" NOT NULL,
    "held_at" TIMESTAMPTZ(3),
    "due_at" TIMESTAMPTZ(3),
    "decided_by" TEXT,
    "decided_at" TIMESTAMPTZ(3),
    "note" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "order_reviews_pkey" PRIMARY KEY ("order_id")
);

-- CreateIndex
CREATE UNIQUE INDEX "coupons_order_id_key" ON "coupons"("order_id");

-- CreateIndex
CREATE UNIQUE INDEX "coupons_gift_email_key" ON "coupons"("gift_email");

-- CreateIndex
CREATE UNIQUE INDEX "coupons_gift_user_id_key" ON "coupons"("gift_user_id");

-- CreateIndex
CREATE INDEX "coupons_created_at_code_idx" ON "coupons"("created_at", "code");

-- AddForeignKey
ALTER TABLE "coupons" ADD CONSTRAINT "coupons_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "orders"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "order_reviews" ADD CONSTRAINT "order_reviews_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "orders"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "order_reviews" ADD CONSTRAINT "order_reviews_decided_by_fkey" FOREIGN KEY ("decided_by") REFERENCES "users"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- What Prisma's schema cannot say

ALTER TABLE "orders" ADD CONSTRAINT "orders_discount" CHECK ("discount_amount" >= 0 AND ("discount_amount" = 0 OR "coupon_code" IS NOT NULL));
ALTER TABLE "coupons" ADD CONSTRAINT "coupons_code_form" CHECK ("code" = upper("code") AND "code" <> '');
ALTER TABLE "coupons" ADD CONSTRAINT "coupons_worth" CHECK (
  ("kind" = 'percent' AND "percent" BETWEEN 1 AND 100 AND "amount" IS NULL)
  OR ("kind" = 'fixed' AND "amount" > 0 AND "currency" IS NOT NULL AND "percent" IS NULL)
);
ALTER TABLE "coupons" ADD CONSTRAINT "coupons_minimum" CHECK ("minimum_amount" IS NULL OR ("minimum_amount" > 0 AND "currency" IS NOT NULL));
ALTER TABLE "order_reviews" ADD CONSTRAINT "order_reviews_decided" CHECK (("status" IN ('released', 'rejected', 'expired')) = ("decided_at" IS NOT NULL));

-- What waits for a manager is always little
CREATE INDEX "order_reviews_held" ON "order_reviews" ("due_at") WHERE "status" = 'held';
