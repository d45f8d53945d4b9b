-- DropIndex
DROP INDEX "mails_recipient_idx";

-- AlterTable
ALTER TABLE "notifications" ADD COLUMN     "bounced_at" TIMESTAMPTZ(3),
ADD COLUMN     "clicked_at" TIMESTAMPTZ(3),
ADD COLUMN     "complained_at" TIMESTAMPTZ(3),
ADD COLUMN     "delivered_at" TIMESTAMPTZ(3),
ADD COLUMN     "last_event" TEXT,
ADD COLUMN     "opened_at" TIMESTAMPTZ(3);

-- CreateIndex
CREATE INDEX "mails_recipient_created_at_idx" ON "mails"("recipient", "created_at");

-- CreateIndex
CREATE INDEX "mails_created_at_id_idx" ON "mails"("created_at", "id");

-- CreateIndex
CREATE INDEX "notifications_created_at_broadcast_id_user_id_idx" ON "notifications"("created_at", "broadcast_id", "user_id");

-- CreateIndex
CREATE INDEX "notifications_address_created_at_idx" ON "notifications"("address", "created_at");
