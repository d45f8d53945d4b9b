-- AlterTable
ALTER TABLE "outbox" ADD COLUMN     "quarantined_at" TIMESTAMPTZ(3),
ADD COLUMN     "refused_at" TIMESTAMPTZ(3);

-- What the schema cannot say. Nothing lies in it as long as all is well.
CREATE INDEX "outbox_quarantined" ON "outbox" ("id") WHERE "quarantined_at" IS NOT NULL AND "sent_at" IS NULL;
