-- DropIndex: no query asks for it
DROP INDEX "webhook_attempts_at_idx";

-- CreateIndex
CREATE INDEX "subscription_refunds_updated_at_idx" ON "subscription_refunds"("updated_at");

-- CreateIndex
CREATE INDEX "subscriptions_updated_at_idx" ON "subscriptions"("updated_at");

-- CreateIndex
CREATE INDEX "subscription_charges_updated_at_idx" ON "subscription_charges"("updated_at");
