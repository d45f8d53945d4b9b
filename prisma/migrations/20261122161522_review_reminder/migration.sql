-- AlterTable
ALTER TABLE "order_reviews" ADD COLUMN     "reminded_at" TIMESTAMPTZ(3);
