-- CreateEnum
CREATE TYPE "onboarding_step" AS ENUM ('profile', 'first_visit', 'first_order');

-- CreateEnum
CREATE TYPE "mail_event_type" AS ENUM ('opened', 'clicked', 'bounced', 'complained');

-- CreateTable
CREATE TABLE "profiles" (
    "user_id" TEXT NOT NULL,
    "phone" TEXT,
    "address" JSONB,
    "version" INTEGER NOT NULL DEFAULT 1,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "profiles_pkey" PRIMARY KEY ("user_id")
);

-- CreateTable
CREATE TABLE "onboarding_progress" (
    "user_id" TEXT NOT NULL,
    "step" "onboarding_step" NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "onboarding_progress_pkey" PRIMARY KEY ("user_id","step")
);

-- CreateTable
CREATE TABLE "user_activity" (
    "user_id" TEXT NOT NULL,
    "last_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "user_activity_pkey" PRIMARY KEY ("user_id")
);

-- CreateTable
CREATE TABLE "digests" (
    "user_id" TEXT NOT NULL,
    "date" DATE NOT NULL,
    "from_at" TIMESTAMPTZ(3) NOT NULL,
    "until_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "digests_pkey" PRIMARY KEY ("user_id","date")
);

-- CreateTable
CREATE TABLE "mail_events" (
    "mail_id" TEXT NOT NULL,
    "type" "mail_event_type" NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "mail_events_pkey" PRIMARY KEY ("mail_id","type")
);

-- CreateTable
CREATE TABLE "experiment_ends" (
    "experiment_id" TEXT NOT NULL,
    "winner" TEXT NOT NULL,
    "decided_by" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "experiment_ends_pkey" PRIMARY KEY ("experiment_id")
);

-- CreateTable
CREATE TABLE "experiment_exposures" (
    "experiment_id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "variant" TEXT NOT NULL,
    "mail_id" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "experiment_exposures_pkey" PRIMARY KEY ("experiment_id","user_id")
);

-- CreateIndex
CREATE INDEX "user_activity_last_at_idx" ON "user_activity"("last_at");

-- CreateIndex
CREATE UNIQUE INDEX "experiment_exposures_mail_id_key" ON "experiment_exposures"("mail_id");

-- CreateIndex
CREATE INDEX "orders_user_id_idx" ON "orders"("user_id");

-- AddForeignKey
ALTER TABLE "profiles" ADD CONSTRAINT "profiles_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "onboarding_progress" ADD CONSTRAINT "onboarding_progress_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "user_activity" ADD CONSTRAINT "user_activity_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "digests" ADD CONSTRAINT "digests_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "mail_events" ADD CONSTRAINT "mail_events_mail_id_fkey" FOREIGN KEY ("mail_id") REFERENCES "mails"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "digests" ADD CONSTRAINT "digests_forward" CHECK ("from_at" <= "until_at");
