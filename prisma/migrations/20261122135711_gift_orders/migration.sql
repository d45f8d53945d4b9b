-- AlterTable
ALTER TABLE "coupons" ADD COLUMN     "gift_order_id" TEXT;

-- CreateIndex
CREATE UNIQUE INDEX "coupons_gift_order_id_key" ON "coupons"("gift_order_id");
