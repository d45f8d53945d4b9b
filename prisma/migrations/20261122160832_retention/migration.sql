-- AlterTable
ALTER TABLE "broadcasts" ADD COLUMN     "figures" JSONB;

-- AlterTable
ALTER TABLE "experiment_exposures" ADD COLUMN     "clicked_at" TIMESTAMPTZ(3),
ADD COLUMN     "opened_at" TIMESTAMPTZ(3);

-- CreateIndex
CREATE INDEX "digests_date_idx" ON "digests"("date");

-- CreateIndex
CREATE INDEX "mail_events_at_idx" ON "mail_events"("at");

-- CreateIndex
CREATE INDEX "sessions_expires_at_idx" ON "sessions"("expires_at");

-- CreateIndex
CREATE INDEX "verifications_expires_at_idx" ON "verifications"("expires_at");

-- What the schema cannot say. The clean-up finds old rows without reading past those that stay.
CREATE INDEX "mails_optional" ON "mails" ("created_at") WHERE "category" <> 'transactional' AND "status" <> 'queued';
CREATE INDEX "alerts_resolved" ON "alerts" ("resolved_at") WHERE "resolved_at" IS NOT NULL;
CREATE INDEX "manual_queue_resolved" ON "manual_queue" ("resolved_at") WHERE "resolved_at" IS NOT NULL;
-- Every checkout writes one; BRIN costs it next to nothing. The condition is always true.
CREATE INDEX "rate_limits_age" ON "rate_limits" USING brin ("tat") WHERE "tat" IS NOT NULL;
