-- AlterTable
ALTER TABLE "webhook_deliveries" ADD COLUMN     "turn_at" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "partner_paces" (
    "user_id" TEXT NOT NULL,
    "calls" TIMESTAMPTZ(3)[],
    "line_until" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "partner_paces_pkey" PRIMARY KEY ("user_id")
);

-- AddForeignKey
ALTER TABLE "partner_paces" ADD CONSTRAINT "partner_paces_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;
