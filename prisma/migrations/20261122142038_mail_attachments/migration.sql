-- AlterTable
ALTER TABLE "mails" ADD COLUMN     "attachments" JSONB NOT NULL DEFAULT '[]';

-- The daily report reads what happened in a day, of all orders.
CREATE INDEX "order_events_sales" ON "order_events" ("at") WHERE "type" IN ('order_confirmed', 'refund_succeeded');
