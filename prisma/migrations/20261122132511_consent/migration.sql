-- CreateEnum
CREATE TYPE "mail_category" AS ENUM ('transactional', 'marketing', 'product_news', 'digest');

-- CreateEnum
CREATE TYPE "suppression_reason" AS ENUM ('bounced', 'complained', 'manual');

-- AlterTable
ALTER TABLE "mails" ADD COLUMN     "category" "mail_category" NOT NULL DEFAULT 'transactional';

-- CreateTable
CREATE TABLE "mail_suppressions" (
    "address" TEXT NOT NULL,
    "reason" "suppression_reason" NOT NULL,
    "detail" TEXT,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "mail_suppressions_pkey" PRIMARY KEY ("address","reason")
);

-- CreateTable
CREATE TABLE "mail_preferences" (
    "address" TEXT NOT NULL,
    "category" "mail_category" NOT NULL,
    "wanted" BOOLEAN NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "mail_preferences_pkey" PRIMARY KEY ("address","category")
);

-- Addresses are compared in lower case, and transactional mail is no matter of preference.
ALTER TABLE "mail_suppressions" ADD CONSTRAINT "mail_suppressions_address_lower" CHECK ("address" = lower("address"));
ALTER TABLE "mail_preferences" ADD CONSTRAINT "mail_preferences_address_lower" CHECK ("address" = lower("address"));
ALTER TABLE "mail_preferences" ADD CONSTRAINT "mail_preferences_optional" CHECK ("category" <> 'transactional');
