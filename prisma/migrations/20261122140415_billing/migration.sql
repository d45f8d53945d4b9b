-- CreateEnum
CREATE TYPE "plan_interval" AS ENUM ('month', 'year');

-- CreateEnum
CREATE TYPE "subscription_status" AS ENUM ('incomplete', 'active', 'past_due', 'cancelled');

-- CreateEnum
CREATE TYPE "subscription_charge_status" AS ENUM ('open', 'paid', 'failed', 'waived');

-- CreateTable
CREATE TABLE "plans" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL,
    "amount" INTEGER NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "interval" "plan_interval" NOT NULL,
    "active" BOOLEAN NOT NULL DEFAULT true,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "plans_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "billing_customers" (
    "user_id" TEXT NOT NULL,
    "customer_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "billing_customers_pkey" PRIMARY KEY ("user_id")
);

-- CreateTable
CREATE TABLE "subscriptions" (
    "id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "plan_id" TEXT NOT NULL,
    "status" "subscription_status" NOT NULL,
    "amount" INTEGER NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "interval" "plan_interval" NOT NULL,
    "payment_method" TEXT NOT NULL,
    "attached_method" TEXT,
    "anchor_at" TIMESTAMPTZ(3) NOT NULL,
    "next_period" INTEGER NOT NULL,
    "next_due_at" TIMESTAMPTZ(3) NOT NULL,
    "cancel_at_period_end" BOOLEAN NOT NULL DEFAULT false,
    "cancelled_at" TIMESTAMPTZ(3),
    "end_reason" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "subscriptions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "subscription_charges" (
    "id" TEXT NOT NULL,
    "subscription_id" TEXT NOT NULL,
    "period" INTEGER NOT NULL,
    "period_start" TIMESTAMPTZ(3) NOT NULL,
    "period_end" TIMESTAMPTZ(3) NOT NULL,
    "amount" INTEGER NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "status" "subscription_charge_status" NOT NULL,
    "attempt" INTEGER NOT NULL DEFAULT 0,
    "next_attempt_at" TIMESTAMPTZ(3),
    "first_failed_at" TIMESTAMPTZ(3),
    "failure_code" TEXT,
    "asks" INTEGER NOT NULL DEFAULT 0,
    "asked_at" TIMESTAMPTZ(3),
    "idempotency_key" TEXT NOT NULL,
    "tries" INTEGER NOT NULL DEFAULT 0,
    "intent_id" TEXT,
    "intent_open" BOOLEAN NOT NULL DEFAULT false,
    "captured" INTEGER NOT NULL DEFAULT 0,
    "refunded" INTEGER NOT NULL DEFAULT 0,
    "refund_id" TEXT,
    "paid_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "subscription_charges_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "billing_customers_customer_id_key" ON "billing_customers"("customer_id");

-- CreateIndex
CREATE UNIQUE INDEX "subscription_charges_idempotency_key_key" ON "subscription_charges"("idempotency_key");

-- CreateIndex
CREATE UNIQUE INDEX "subscription_charges_intent_id_key" ON "subscription_charges"("intent_id");

-- CreateIndex
CREATE UNIQUE INDEX "subscription_charges_refund_id_key" ON "subscription_charges"("refund_id");

-- CreateIndex
CREATE UNIQUE INDEX "subscription_charges_subscription_id_period_key" ON "subscription_charges"("subscription_id", "period");

-- AddForeignKey
ALTER TABLE "billing_customers" ADD CONSTRAINT "billing_customers_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "subscriptions" ADD CONSTRAINT "subscriptions_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "subscriptions" ADD CONSTRAINT "subscriptions_plan_id_fkey" FOREIGN KEY ("plan_id") REFERENCES "plans"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "subscription_charges" ADD CONSTRAINT "subscription_charges_subscription_id_fkey" FOREIGN KEY ("subscription_id") REFERENCES "subscriptions"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What Prisma's schema cannot say

ALTER TABLE "plans" ADD CONSTRAINT "plans_amount_positive" CHECK ("amount" > 0);
ALTER TABLE "plans" ADD CONSTRAINT "plans_currency_form" CHECK ("currency" ~ '^[A-Z]{3}$');
ALTER TABLE "subscriptions" ADD CONSTRAINT "subscriptions_amount_positive" CHECK ("amount" > 0);
ALTER TABLE "subscriptions" ADD CONSTRAINT "subscriptions_period_positive" CHECK ("next_period" > 0);
ALTER TABLE "subscriptions" ADD CONSTRAINT "subscriptions_ended_with_reason" CHECK (("status" = 'cancelled') = ("cancelled_at" IS NOT NULL) AND ("cancelled_at" IS NULL) = ("end_reason" IS NULL));
ALTER TABLE "subscription_charges" ADD CONSTRAINT "subscription_charges_amount_positive" CHECK ("amount" > 0 AND "period" >= 0 AND "period_end" > "period_start");

-- A charge captures its amount once or nothing, and whatever ended unpaid has given back what came
ALTER TABLE "subscription_charges" ADD CONSTRAINT "subscription_charges_captured_whole" CHECK ("captured" IN (0, "amount") AND "refunded" BETWEEN 0 AND "captured");
ALTER TABLE "subscription_charges" ADD CONSTRAINT "subscription_charges_balanced" CHECK (CASE "status" WHEN 'paid' THEN "captured" = "amount" AND "intent_id" IS NOT NULL AND "paid_at" IS NOT NULL WHEN 'open' THEN "captured" = 0 AND "next_attempt_at" IS NOT NULL ELSE true END);

-- One live subscription for a user, one charge in dunning for a subscription
CREATE UNIQUE INDEX "subscriptions_live" ON "subscriptions" ("user_id") WHERE "status" <> 'cancelled';
CREATE UNIQUE INDEX "subscription_charges_open" ON "subscription_charges" ("subscription_id") WHERE "status" = 'open';

CREATE INDEX "subscriptions_due" ON "subscriptions" ("next_due_at") WHERE "status" <> 'cancelled';
CREATE INDEX "subscription_charges_due" ON "subscription_charges" ("next_attempt_at") WHERE "status" = 'open';
CREATE INDEX "subscription_charges_unclosed" ON "subscription_charges" ("updated_at") WHERE "status" IN ('failed', 'waived') AND ("intent_open" OR "captured" > "refunded");
