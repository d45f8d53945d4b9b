-- The clean-up finds old rows without reading past those that it has dealt with, batch after batch.
CREATE INDEX "mails_with_body" ON "mails" ("created_at") WHERE "status" <> 'queued' AND ("html" <> '' OR "text" <> '');
CREATE INDEX "webhook_inbox_processed" ON "webhook_inbox" ("received_at") WHERE "processed_at" IS NOT NULL;
CREATE INDEX "webhook_deliveries_ended" ON "webhook_deliveries" ("ended_at") WHERE "status" <> 'pending';
-- Every checkout with a key writes one; BRIN costs it next to nothing. The condition is always true.
CREATE INDEX "idempotency_records_age" ON "idempotency_records" USING brin ("created_at") WHERE "created_at" IS NOT NULL;
