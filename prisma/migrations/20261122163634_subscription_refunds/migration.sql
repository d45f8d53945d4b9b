-- CreateTable
CREATE TABLE "subscription_refunds" (
    "id" TEXT NOT NULL,
    "charge_id" TEXT NOT NULL,
    "amount" INTEGER NOT NULL,
    "status" "refund_status" NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "subscription_refunds_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "subscription_refunds_charge_id_idx" ON "subscription_refunds"("charge_id");

-- AddForeignKey
ALTER TABLE "subscription_refunds" ADD CONSTRAINT "subscription_refunds_charge_id_fkey" FOREIGN KEY ("charge_id") REFERENCES "subscription_charges"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "subscription_refunds" ADD CONSTRAINT "subscription_refunds_amount_positive" CHECK ("amount" > 0);

-- Until now a charge had one refund at most, of all of it
INSERT INTO "subscription_refunds" ("id", "charge_id", "amount", "status", "created_at", "updated_at")
SELECT "refund_id", "id", "refunded", 'succeeded', "updated_at", "updated_at" FROM "subscription_charges" WHERE "refund_id" IS NOT NULL AND "refunded" > 0;

-- AlterTable (its index goes with it)
ALTER TABLE "subscription_charges" DROP COLUMN "refund_id";
