-- AlterTable
ALTER TABLE "webhook_endpoints" ADD COLUMN     "old_secrets" JSONB NOT NULL DEFAULT '[]',
ADD COLUMN     "old_secrets_until" TIMESTAMPTZ(3);
