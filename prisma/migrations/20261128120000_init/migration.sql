-- The initial schema. One section per file of prisma/schema; foreign keys follow at the end, because sections refer to each other.
-- CHECK constraints and partial, GIN and BRIN indexes stand here only: the Prisma schema cannot express them.

-- ---------------------------------------------------------------------------
-- Users, sessions and sign-in (better-auth)
-- ---------------------------------------------------------------------------

CREATE TYPE "role" AS ENUM ('customer', 'manager', 'admin');

CREATE TABLE "users" (
  "id" TEXT NOT NULL,
  "external_id" TEXT,
  "email" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "role" "role" NOT NULL DEFAULT 'customer',
  "email_verified" BOOLEAN NOT NULL DEFAULT false,
  "verified_at" TIMESTAMPTZ(3),
  "deleted_at" TIMESTAMPTZ(3),
  "image" TEXT,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "updated_at" TIMESTAMPTZ(3) NOT NULL,

  CONSTRAINT "users_pkey" PRIMARY KEY ("id")
);

CREATE UNIQUE INDEX "users_external_id_key" ON "users"("external_id");
CREATE UNIQUE INDEX "users_email_key" ON "users"("email");
CREATE INDEX "users_role_idx" ON "users"("role");
CREATE INDEX "users_created_at_idx" ON "users"("created_at");
CREATE INDEX "users_updated_at_id_idx" ON "users"("updated_at", "id");

CREATE TABLE "sessions" (
  "id" TEXT NOT NULL,
  "token" TEXT NOT NULL,
  "user_id" TEXT NOT NULL,
  "expires_at" TIMESTAMPTZ(3) NOT NULL,
  "ip_address" TEXT,
  "user_agent" TEXT,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "updated_at" TIMESTAMPTZ(3) NOT NULL,

  CONSTRAINT "sessions_pkey" PRIMARY KEY ("id")
);

CREATE UNIQUE INDEX "sessions_token_key" ON "sessions"("token");
CREATE INDEX "sessions_user_id_idx" ON "sessions"("user_id");
CREATE INDEX "sessions_expires_at_idx" ON "sessions"("expires_at");

CREATE TABLE "accounts" (
  "id" TEXT NOT NULL,
  "account_id" TEXT NOT NULL,
  "provider_id" TEXT NOT NULL,
  "user_id" TEXT NOT NULL,
  "access_token" TEXT,
  "refresh_token" TEXT,
  "id_token" TEXT,
  "access_token_expires_at" TIMESTAMPTZ(3),
  "refresh_token_expires_at" TIMESTAMPTZ(3),
  "scope" TEXT,
  "password" TEXT,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "updated_at" TIMESTAMPTZ(3) NOT NULL,

  CONSTRAINT "accounts_pkey" PRIMARY KEY ("id")
);

CREATE INDEX "accounts_user_id_idx" ON "accounts"("user_id");
CREATE INDEX "accounts_created_at_idx" ON "accounts"("created_at");
CREATE UNIQUE INDEX "accounts_provider_id_account_id_key" ON "accounts"("provider_id", "account_id");

CREATE TABLE "verifications" (
  "id" TEXT NOT NULL,
  "identifier" TEXT NOT NULL,
  "value" TEXT NOT NULL,
  "expires_at" TIMESTAMPTZ(3) NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "updated_at" TIMESTAMPTZ(3) NOT NULL,

  CONSTRAINT "verifications_pkey" PRIMARY KEY ("id")
);

CREATE INDEX "verifications_identifier_idx" ON "verifications"("identifier");
CREATE INDEX "verifications_expires_at_idx" ON "verifications"("expires_at");

CREATE TABLE "api_keys" (
  "id" TEXT NOT NULL,
  "config_id" TEXT NOT NULL DEFAULT 'default',
  "name" TEXT,
  "start" TEXT,
  "user_id" TEXT NOT NULL,
  "prefix" TEXT,
  "key" TEXT NOT NULL,
  "refill_interval" INTEGER,
  "refill_amount" INTEGER,
  "last_refill_at" TIMESTAMPTZ(3),
  "enabled" BOOLEAN NOT NULL DEFAULT true,
  "rate_limit_enabled" BOOLEAN NOT NULL DEFAULT true,
  "rate_limit_time_window" INTEGER,
  "rate_limit_max" INTEGER,
  "request_count" INTEGER NOT NULL DEFAULT 0,
  "remaining" INTEGER,
  "last_request" TIMESTAMPTZ(3),
  "expires_at" TIMESTAMPTZ(3),
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "updated_at" TIMESTAMPTZ(3) NOT NULL,
  "permissions" TEXT,
  "metadata" TEXT,

  CONSTRAINT "api_keys_pkey" PRIMARY KEY ("id")
);

CREATE UNIQUE INDEX "api_keys_key_key" ON "api_keys"("key");
CREATE INDEX "api_keys_user_id_idx" ON "api_keys"("user_id");
CREATE INDEX "api_keys_expires_at_idx" ON "api_keys"("expires_at");

-- ---------------------------------------------------------------------------
-- Profiles, onboarding and digests
-- ---------------------------------------------------------------------------

CREATE TYPE "onboarding_step" AS ENUM ('profile', 'first_visit', 'first_order');

CREATE TABLE "profiles" (
  "user_id" TEXT NOT NULL,
  "phone" TEXT,
  "address" JSONB,
  "version" INTEGER NOT NULL DEFAULT 1,
  "updated_at" TIMESTAMPTZ(3) NOT NULL,

  CONSTRAINT "profiles_pkey" PRIMARY KEY ("user_id")
);

CREATE TABLE "onboarding_progress" (
  "user_id" TEXT NOT NULL,
  "step" "onboarding_step" NOT NULL,
  "at" TIMESTAMPTZ(3) NOT NULL,

  CONSTRAINT "onboarding_progress_pkey" PRIMARY KEY ("user_id","step")
);

CREATE TABLE "user_activity" (
  "user_id" TEXT NOT NULL,
  "last_at" TIMESTAMPTZ(3) NOT NULL,

  CONSTRAINT "user_activity_pkey" PRIMARY KEY ("user_id")
);

CREATE INDEX "user_activity_last_at_idx" ON "user_activity"("last_at");

CREATE TABLE "digests" (
  "user_id" TEXT NOT NULL,
  "date" DATE NOT NULL,
  "from_at" TIMESTAMPTZ(3) NOT NULL,
  "until_at" TIMESTAMPTZ(3) NOT NULL,

  CONSTRAINT "digests_pkey" PRIMARY KEY ("user_id","date")
);

CREATE INDEX "digests_date_idx" ON "digests"("date");
ALTER TABLE "digests" ADD CONSTRAINT "digests_forward" CHECK ("from_at" <= "until_at");

-- ---------------------------------------------------------------------------
-- Products, inventory and reservations
-- ---------------------------------------------------------------------------

CREATE TYPE "reservation_status" AS ENUM ('active', 'committed', 'released');

CREATE TABLE "products" (
  "id" TEXT NOT NULL,
  "sku" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "description" TEXT NOT NULL,
  "price_amount" BIGINT NOT NULL,
  "currency" CHAR(3) NOT NULL,
  "active" BOOLEAN NOT NULL DEFAULT true,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "updated_at" TIMESTAMPTZ(3) NOT NULL,

  CONSTRAINT "products_pkey" PRIMARY KEY ("id")
);

CREATE UNIQUE INDEX "products_sku_key" ON "products"("sku");
-- Money and counts
ALTER TABLE "products" ADD CONSTRAINT "products_price_not_negative" CHECK ("price_amount" >= 0);
ALTER TABLE "products" ADD CONSTRAINT "products_currency_form" CHECK ("currency" ~ '^[A-Z]{3}$');
-- SKUs with the same key differ only in letter case, or in leading zeros if both are numbers.
CREATE FUNCTION "sku_key"("sku" TEXT) RETURNS TEXT LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN CASE WHEN sku ~ '^[0-9]+$' THEN ltrim(sku, '0') ELSE lower(sku) END;
CREATE UNIQUE INDEX "products_sku_twins" ON "products" ("sku_key"("sku"));
CREATE INDEX "products_listed" ON "products" ("name", "id") WHERE "active";

CREATE TABLE "inventory" (
  "product_id" TEXT NOT NULL,
  "available" INTEGER NOT NULL,
  "reserved" INTEGER NOT NULL DEFAULT 0,
  "received" INTEGER NOT NULL,
  "sold" INTEGER NOT NULL DEFAULT 0,
  "low_stock" INTEGER,

  CONSTRAINT "inventory_pkey" PRIMARY KEY ("product_id")
);

-- I1: nothing below zero, and what came in is what is there or was sold
ALTER TABLE "inventory" ADD CONSTRAINT "inventory_not_negative" CHECK ("available" >= 0 AND "reserved" >= 0 AND "received" >= 0 AND "sold" >= 0);
ALTER TABLE "inventory" ADD CONSTRAINT "inventory_balanced" CHECK ("received" - "sold" = "available" + "reserved");

CREATE TABLE "reservations" (
  "order_id" TEXT NOT NULL,
  "attempt" INTEGER NOT NULL,
  "product_id" TEXT NOT NULL,
  "quantity" INTEGER NOT NULL,
  "status" "reservation_status" NOT NULL,
  "expires_at" TIMESTAMPTZ(3) NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "ended_at" TIMESTAMPTZ(3),

  CONSTRAINT "reservations_pkey" PRIMARY KEY ("order_id","attempt","product_id")
);

ALTER TABLE "reservations" ADD CONSTRAINT "reservations_quantity_positive" CHECK ("quantity" > 0);
CREATE INDEX "reservations_active" ON "reservations" ("expires_at") WHERE "status" = 'active';
CREATE INDEX "reservations_product" ON "reservations" ("product_id") WHERE "status" = 'active';

-- ---------------------------------------------------------------------------
-- Stock movements
-- ---------------------------------------------------------------------------

CREATE TABLE "stock_movements" (
  "id" TEXT NOT NULL,
  "product_id" TEXT NOT NULL,
  "delta" INTEGER NOT NULL,
  "reason" TEXT NOT NULL,
  "by" TEXT NOT NULL,
  "available" INTEGER NOT NULL,
  "at" TIMESTAMPTZ(3) NOT NULL,

  CONSTRAINT "stock_movements_pkey" PRIMARY KEY ("id")
);

CREATE INDEX "stock_movements_product_id_at_idx" ON "stock_movements"("product_id", "at");
-- What the schema cannot say.
ALTER TABLE "stock_movements" ADD CONSTRAINT "stock_movements_moves" CHECK ("delta" <> 0 AND "available" >= 0);

-- ---------------------------------------------------------------------------
-- Coupons
-- ---------------------------------------------------------------------------

CREATE TYPE "coupon_kind" AS ENUM ('percent', 'fixed');

CREATE TABLE "coupons" (
  "code" TEXT NOT NULL,
  "kind" "coupon_kind" NOT NULL,
  "percent" INTEGER,
  "amount" BIGINT,
  "minimum_amount" BIGINT,
  "currency" CHAR(3),
  "email" TEXT,
  "expires_at" TIMESTAMPTZ(3),
  "order_id" TEXT,
  "gift_email" TEXT,
  "gift_user_id" TEXT,
  "gift_order_id" TEXT,
  "created_by" TEXT,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "deactivated_at" TIMESTAMPTZ(3),
  "deactivated_by" TEXT,

  CONSTRAINT "coupons_pkey" PRIMARY KEY ("code")
);

CREATE UNIQUE INDEX "coupons_order_id_key" ON "coupons"("order_id");
CREATE UNIQUE INDEX "coupons_gift_email_key" ON "coupons"("gift_email");
CREATE UNIQUE INDEX "coupons_gift_user_id_key" ON "coupons"("gift_user_id");
CREATE UNIQUE INDEX "coupons_gift_order_id_key" ON "coupons"("gift_order_id");
CREATE INDEX "coupons_created_at_code_idx" ON "coupons"("created_at", "code");
ALTER TABLE "coupons" ADD CONSTRAINT "coupons_code_form" CHECK ("code" = upper("code") AND "code" <> '');
ALTER TABLE "coupons" ADD CONSTRAINT "coupons_worth" CHECK (
  ("kind" = 'percent' AND "percent" BETWEEN 1 AND 100 AND "amount" IS NULL)
  OR ("kind" = 'fixed' AND "amount" > 0 AND "currency" IS NOT NULL AND "percent" IS NULL)
);
ALTER TABLE "coupons" ADD CONSTRAINT "coupons_minimum" CHECK ("minimum_amount" IS NULL OR ("minimum_amount" > 0 AND "currency" IS NOT NULL));

-- ---------------------------------------------------------------------------
-- Carts
-- ---------------------------------------------------------------------------

CREATE TABLE "carts" (
  "id" TEXT NOT NULL,
  "updated_at" TIMESTAMPTZ(3) NOT NULL,

  CONSTRAINT "carts_pkey" PRIMARY KEY ("id")
);

CREATE INDEX "carts_updated_at_idx" ON "carts"("updated_at");

CREATE TABLE "cart_items" (
  "cart_id" TEXT NOT NULL,
  "product_id" TEXT NOT NULL,
  "quantity" INTEGER NOT NULL,
  "added_at" TIMESTAMPTZ(3) NOT NULL,

  CONSTRAINT "cart_items_pkey" PRIMARY KEY ("cart_id","product_id")
);

ALTER TABLE "cart_items" ADD CONSTRAINT "cart_items_quantity" CHECK ("quantity" BETWEEN 1 AND 1000);
ALTER TABLE "cart_items" ADD CONSTRAINT "cart_items_cart_id_fkey" FOREIGN KEY ("cart_id") REFERENCES "carts"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "cart_items" ADD CONSTRAINT "cart_items_product_id_fkey" FOREIGN KEY ("product_id") REFERENCES "products"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- ---------------------------------------------------------------------------
-- Orders, order lines and timeline
-- ---------------------------------------------------------------------------

CREATE TYPE "order_status" AS ENUM ('pending', 'awaiting_payment', 'confirmed', 'shipped', 'delivered', 'cancelled', 'failed', 'refunded');

CREATE TABLE "orders" (
  "id" TEXT NOT NULL,
  "number" SERIAL NOT NULL,
  "external_id" TEXT,
  "metadata" JSONB,
  "token" TEXT NOT NULL,
  "status" "order_status" NOT NULL,
  "attempt" INTEGER NOT NULL DEFAULT 1,
  "total_amount" BIGINT NOT NULL,
  "discount_amount" BIGINT NOT NULL DEFAULT 0,
  "coupon_code" TEXT,
  "currency" CHAR(3) NOT NULL,
  "email" TEXT NOT NULL,
  "name" TEXT,
  "phone" TEXT,
  "shipping_address" JSONB,
  "payment_method" TEXT,
  "stripe_customer" TEXT,
  "cart_id" TEXT,
  "user_id" TEXT,
  "client_key" TEXT,
  "api_key_id" TEXT,
  "api_key_name" TEXT,
  "end_reason" TEXT,
  "deadline_at" TIMESTAMPTZ(3) NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "updated_at" TIMESTAMPTZ(3) NOT NULL,

  CONSTRAINT "orders_pkey" PRIMARY KEY ("id")
);

CREATE UNIQUE INDEX "orders_external_id_key" ON "orders"("external_id");
CREATE UNIQUE INDEX "orders_number_key" ON "orders"("number");
CREATE INDEX "orders_email_idx" ON "orders"("email");
CREATE INDEX "orders_user_id_idx" ON "orders"("user_id");
CREATE INDEX "orders_created_at_idx" ON "orders"("created_at");
CREATE INDEX "orders_status_created_at_id_idx" ON "orders"("status", "created_at", "id");
CREATE INDEX "orders_total_amount_id_idx" ON "orders"("total_amount", "id");
ALTER TABLE "orders" ADD CONSTRAINT "orders_total_not_negative" CHECK ("total_amount" >= 0);
ALTER TABLE "orders" ADD CONSTRAINT "orders_attempt_positive" CHECK ("attempt" >= 1);
ALTER TABLE "orders" ADD CONSTRAINT "orders_ended_with_reason" CHECK ("status" NOT IN ('cancelled', 'failed') OR "end_reason" IS NOT NULL);
-- Totals of the currencies that do not have two decimal places (lib/money.ts), for lists of orders by their lowest or highest total.
CREATE INDEX "orders_other_minor_units" ON "orders" ("total_amount") WHERE "currency" IN
  ('BIF', 'CLP', 'DJF', 'GNF', 'JPY', 'KMF', 'KRW', 'MGA', 'PYG', 'RWF', 'VND', 'VUV', 'XAF', 'XOF', 'XPF', 'BHD', 'JOD', 'KWD', 'OMR', 'TND');
CREATE INDEX "orders_unfinished" ON "orders" ("deadline_at") WHERE "status" IN ('pending', 'awaiting_payment');
ALTER TABLE "orders" ADD CONSTRAINT "orders_discount" CHECK ("discount_amount" >= 0 AND ("discount_amount" = 0 OR "coupon_code" IS NOT NULL));

CREATE TABLE "order_lines" (
  "order_id" TEXT NOT NULL,
  "position" INTEGER NOT NULL,
  "product_id" TEXT NOT NULL,
  "sku" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "unit_amount" BIGINT NOT NULL,
  "quantity" INTEGER NOT NULL,
  "cancelled" INTEGER NOT NULL DEFAULT 0,

  CONSTRAINT "order_lines_pkey" PRIMARY KEY ("order_id","position")
);

CREATE UNIQUE INDEX "order_lines_order_id_product_id_key" ON "order_lines"("order_id", "product_id");
CREATE INDEX "order_lines_product_id_idx" ON "order_lines"("product_id");
ALTER TABLE "order_lines" ADD CONSTRAINT "order_lines_positive" CHECK ("unit_amount" >= 0 AND "quantity" > 0);
ALTER TABLE "order_lines" ADD CONSTRAINT "order_lines_cancelled" CHECK ("cancelled" BETWEEN 0 AND "quantity");

CREATE TABLE "order_events" (
  "id" BIGSERIAL NOT NULL,
  "order_id" TEXT NOT NULL,
  "type" TEXT NOT NULL,
  "key" TEXT NOT NULL DEFAULT '',
  "data" JSONB NOT NULL,
  "at" TIMESTAMPTZ(3) NOT NULL,

  CONSTRAINT "order_events_pkey" PRIMARY KEY ("id")
);

CREATE UNIQUE INDEX "order_events_order_id_type_key_key" ON "order_events"("order_id", "type", "key");
-- The reports sum up what happened in a day, of all orders.
CREATE INDEX "order_events_sales" ON "order_events" ("at")
  WHERE "type" IN ('order_confirmed', 'refund_succeeded', 'refund_failed', 'refund_paid_otherwise');
CREATE INDEX "order_events_ends" ON "order_events" ("at") WHERE "type" IN ('order_failed', 'order_cancelled');

CREATE TABLE "order_tags" (
  "tag" TEXT NOT NULL,
  "order_id" TEXT NOT NULL,

  CONSTRAINT "order_tags_pkey" PRIMARY KEY ("tag","order_id")
);

CREATE INDEX "order_tags_order_id_idx" ON "order_tags"("order_id");

-- Order numbers have six digits from the first order on.
ALTER SEQUENCE "orders_number_seq" RESTART WITH 100001;

-- ---------------------------------------------------------------------------
-- Payments and refunds
-- ---------------------------------------------------------------------------

CREATE TYPE "payment_status" AS ENUM ('created', 'confirming', 'requires_action', 'succeeded', 'failed', 'canceled');
CREATE TYPE "refund_status" AS ENUM ('pending', 'succeeded', 'failed');

CREATE TABLE "payments" (
  "id" TEXT NOT NULL,
  "order_id" TEXT NOT NULL,
  "attempt" INTEGER NOT NULL,
  "provider" TEXT NOT NULL DEFAULT 'stripe',
  "external_id" TEXT,
  "status" "payment_status" NOT NULL,
  "amount" BIGINT NOT NULL,
  "currency" CHAR(3) NOT NULL,
  "payment_method" TEXT NOT NULL,
  "idempotency_key" TEXT NOT NULL,
  "idempotency_key_version" INTEGER NOT NULL DEFAULT 0,
  "intent_id" TEXT,
  "next_action_url" TEXT,
  "failure_code" TEXT,
  "failure_message" TEXT,
  "captured" BIGINT NOT NULL DEFAULT 0,
  "refunded" BIGINT NOT NULL DEFAULT 0,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "updated_at" TIMESTAMPTZ(3) NOT NULL,

  CONSTRAINT "payments_pkey" PRIMARY KEY ("id")
);

CREATE UNIQUE INDEX "payments_idempotency_key_key" ON "payments"("idempotency_key");
CREATE UNIQUE INDEX "payments_intent_id_key" ON "payments"("intent_id");
CREATE UNIQUE INDEX "payments_order_id_attempt_key" ON "payments"("order_id", "attempt");
CREATE UNIQUE INDEX "payments_provider_external_id_key" ON "payments"("provider", "external_id");
ALTER TABLE "payments" ADD CONSTRAINT "payments_amount_positive" CHECK ("amount" > 0);
-- I2: never more refunded than captured, never more captured than asked for
ALTER TABLE "payments" ADD CONSTRAINT "payments_refunded_within_captured" CHECK ("refunded" BETWEEN 0 AND "captured");
ALTER TABLE "payments" ADD CONSTRAINT "payments_captured_within_amount" CHECK ("captured" BETWEEN 0 AND "amount");
CREATE INDEX "payments_open" ON "payments" ("updated_at") WHERE "status" IN ('created', 'confirming', 'requires_action', 'failed') AND "intent_id" IS NOT NULL;

CREATE TABLE "refunds" (
  "id" TEXT NOT NULL,
  "payment_id" TEXT NOT NULL,
  "order_id" TEXT NOT NULL,
  "amount" BIGINT NOT NULL,
  "currency" CHAR(3) NOT NULL,
  "reason" TEXT NOT NULL,
  "items" JSONB NOT NULL DEFAULT '[]',
  "status" "refund_status" NOT NULL,
  "idempotency_key" TEXT NOT NULL,
  "idempotency_key_version" INTEGER NOT NULL DEFAULT 0,
  "stripe_refund_id" TEXT,
  "failure_code" TEXT,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "updated_at" TIMESTAMPTZ(3) NOT NULL,

  CONSTRAINT "refunds_pkey" PRIMARY KEY ("id")
);

CREATE UNIQUE INDEX "refunds_idempotency_key_key" ON "refunds"("idempotency_key");
CREATE UNIQUE INDEX "refunds_stripe_refund_id_key" ON "refunds"("stripe_refund_id");
CREATE INDEX "refunds_order_id_idx" ON "refunds"("order_id");
CREATE INDEX "refunds_payment_id_idx" ON "refunds"("payment_id");
ALTER TABLE "refunds" ADD CONSTRAINT "refunds_amount_positive" CHECK ("amount" > 0);
CREATE INDEX "refunds_pending" ON "refunds" ("created_at") WHERE "status" = 'pending';

CREATE TABLE "disputes" (
  "id" TEXT NOT NULL,
  "payment_id" TEXT NOT NULL,
  "order_id" TEXT NOT NULL,
  "amount" BIGINT NOT NULL,
  "currency" CHAR(3) NOT NULL,
  "reason" TEXT NOT NULL,
  "status" TEXT NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "updated_at" TIMESTAMPTZ(3) NOT NULL,

  CONSTRAINT "disputes_pkey" PRIMARY KEY ("id")
);

CREATE INDEX "disputes_order_id_idx" ON "disputes"("order_id");

-- ---------------------------------------------------------------------------
-- Order reviews
-- ---------------------------------------------------------------------------

CREATE TYPE "review_status" AS ENUM ('noted', 'held', 'released', 'rejected', 'expired');

CREATE TABLE "order_reviews" (
  "order_id" TEXT NOT NULL,
  "status" "review_status" NOT NULL,
  "held_at" TIMESTAMPTZ(3),
  "due_at" TIMESTAMPTZ(3),
  "reminded_at" TIMESTAMPTZ(3),
  "decided_by" TEXT,
  "decided_at" TIMESTAMPTZ(3),
  "note" TEXT,
  "created_at" TIMESTAMPTZ(3) NOT NULL,

  CONSTRAINT "order_reviews_pkey" PRIMARY KEY ("order_id")
);

ALTER TABLE "order_reviews" ADD CONSTRAINT "order_reviews_decided" CHECK (("status" IN ('released', 'rejected', 'expired')) = ("decided_at" IS NOT NULL));
-- What waits for a manager is always little
CREATE INDEX "order_reviews_held" ON "order_reviews" ("due_at") WHERE "status" = 'held';

-- ---------------------------------------------------------------------------
-- Shipments and messages about them
-- ---------------------------------------------------------------------------

CREATE TYPE "message_status" AS ENUM ('sending', 'sent', 'failed');

CREATE TABLE "shipments" (
  "id" TEXT NOT NULL,
  "order_id" TEXT NOT NULL,
  "carrier" TEXT NOT NULL,
  "tracking_number" TEXT NOT NULL,
  "shipped_by" TEXT NOT NULL,
  "shipped_at" TIMESTAMPTZ(3) NOT NULL,
  "delivered_at" TIMESTAMPTZ(3),

  CONSTRAINT "shipments_pkey" PRIMARY KEY ("id")
);

CREATE UNIQUE INDEX "shipments_order_id_carrier_tracking_number_key" ON "shipments"("order_id", "carrier", "tracking_number");
CREATE INDEX "shipments_tracking_number_idx" ON "shipments"("tracking_number");
ALTER TABLE "shipments" ADD CONSTRAINT "shipments_delivered_after_shipped" CHECK ("delivered_at" >= "shipped_at");

CREATE TABLE "shipment_items" (
  "shipment_id" TEXT NOT NULL,
  "product_id" TEXT NOT NULL,
  "quantity" INTEGER NOT NULL,

  CONSTRAINT "shipment_items_pkey" PRIMARY KEY ("shipment_id","product_id")
);

-- What the schema cannot say.
ALTER TABLE "shipment_items" ADD CONSTRAINT "shipment_items_positive" CHECK ("quantity" > 0);

CREATE TABLE "push_subscriptions" (
  "id" TEXT NOT NULL,
  "user_id" TEXT NOT NULL,
  "endpoint" TEXT NOT NULL,
  "p256dh" TEXT NOT NULL,
  "auth" TEXT NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL,

  CONSTRAINT "push_subscriptions_pkey" PRIMARY KEY ("id")
);

CREATE UNIQUE INDEX "push_subscriptions_endpoint_key" ON "push_subscriptions"("endpoint");
CREATE INDEX "push_subscriptions_user_id_idx" ON "push_subscriptions"("user_id");

CREATE TABLE "messages" (
  "id" TEXT NOT NULL,
  "channel" TEXT NOT NULL,
  "kind" TEXT NOT NULL,
  "entity_id" TEXT NOT NULL,
  "target" TEXT NOT NULL,
  "status" "message_status" NOT NULL,
  "provider" TEXT,
  "provider_id" TEXT,
  "error" TEXT,
  "body" JSONB NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "ended_at" TIMESTAMPTZ(3),

  CONSTRAINT "messages_pkey" PRIMARY KEY ("id")
);

CREATE INDEX "messages_entity_id_idx" ON "messages"("entity_id");
CREATE INDEX "messages_created_at_idx" ON "messages"("created_at");
CREATE UNIQUE INDEX "messages_channel_kind_entity_id_target_key" ON "messages"("channel", "kind", "entity_id", "target");
ALTER TABLE "messages" ADD CONSTRAINT "messages_channel" CHECK ("channel" IN ('sms', 'push', 'crm'));

-- ---------------------------------------------------------------------------
-- Plans and subscriptions
-- ---------------------------------------------------------------------------

CREATE TYPE "plan_interval" AS ENUM ('month', 'year');
CREATE TYPE "subscription_status" AS ENUM ('incomplete', 'active', 'past_due', 'cancelled');
CREATE TYPE "subscription_charge_status" AS ENUM ('open', 'paid', 'failed', 'waived');

CREATE TABLE "plans" (
  "id" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "description" TEXT NOT NULL,
  "amount" BIGINT NOT NULL,
  "currency" CHAR(3) NOT NULL,
  "interval" "plan_interval" NOT NULL,
  "active" BOOLEAN NOT NULL DEFAULT true,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "created_by" TEXT,
  "updated_at" TIMESTAMPTZ(3),
  "updated_by" TEXT,

  CONSTRAINT "plans_pkey" PRIMARY KEY ("id")
);

ALTER TABLE "plans" ADD CONSTRAINT "plans_amount_positive" CHECK ("amount" > 0);
ALTER TABLE "plans" ADD CONSTRAINT "plans_currency_form" CHECK ("currency" ~ '^[A-Z]{3}$');

CREATE TABLE "billing_customers" (
  "user_id" TEXT NOT NULL,
  "customer_id" TEXT NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "ended_at" TIMESTAMPTZ(3),

  CONSTRAINT "billing_customers_pkey" PRIMARY KEY ("user_id")
);

CREATE UNIQUE INDEX "billing_customers_customer_id_key" ON "billing_customers"("customer_id");
CREATE INDEX "billing_customers_ended" ON "billing_customers"("ended_at") WHERE "ended_at" IS NOT NULL;

CREATE TABLE "subscriptions" (
  "id" TEXT NOT NULL,
  "user_id" TEXT NOT NULL,
  "plan_id" TEXT NOT NULL,
  "status" "subscription_status" NOT NULL,
  "amount" BIGINT NOT NULL,
  "currency" CHAR(3) NOT NULL,
  "interval" "plan_interval" NOT NULL,
  "payment_method" TEXT NOT NULL,
  "attached_method" TEXT,
  "anchor_at" TIMESTAMPTZ(3) NOT NULL,
  "next_period" INTEGER NOT NULL,
  "next_due_at" TIMESTAMPTZ(3) NOT NULL,
  "cancel_at_period_end" BOOLEAN NOT NULL DEFAULT false,
  "cancel_requested_at" TIMESTAMPTZ(3),
  "cancelled_at" TIMESTAMPTZ(3),
  "end_reason" TEXT,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "updated_at" TIMESTAMPTZ(3) NOT NULL,

  CONSTRAINT "subscriptions_pkey" PRIMARY KEY ("id")
);

CREATE INDEX "subscriptions_user_id_idx" ON "subscriptions"("user_id");
CREATE INDEX "subscriptions_plan_id_status_idx" ON "subscriptions"("plan_id", "status");
CREATE INDEX "subscriptions_updated_at_idx" ON "subscriptions"("updated_at");
ALTER TABLE "subscriptions" ADD CONSTRAINT "subscriptions_amount_positive" CHECK ("amount" > 0);
ALTER TABLE "subscriptions" ADD CONSTRAINT "subscriptions_period_positive" CHECK ("next_period" > 0);
ALTER TABLE "subscriptions" ADD CONSTRAINT "subscriptions_cancelled_at_a_time" CHECK ("cancel_at_period_end" = ("cancel_requested_at" IS NOT NULL));
ALTER TABLE "subscriptions" ADD CONSTRAINT "subscriptions_ended_with_reason" CHECK (("status" = 'cancelled') = ("cancelled_at" IS NOT NULL) AND ("cancelled_at" IS NULL) = ("end_reason" IS NULL));
-- One live subscription for a user, one charge in dunning for a subscription
CREATE UNIQUE INDEX "subscriptions_live" ON "subscriptions" ("user_id") WHERE "status" <> 'cancelled';
CREATE INDEX "subscriptions_due" ON "subscriptions" ("next_due_at") WHERE "status" <> 'cancelled';

CREATE TABLE "subscription_charges" (
  "id" TEXT NOT NULL,
  "subscription_id" TEXT NOT NULL,
  "period" INTEGER NOT NULL,
  "period_start" TIMESTAMPTZ(3) NOT NULL,
  "period_end" TIMESTAMPTZ(3) NOT NULL,
  "amount" BIGINT NOT NULL,
  "currency" CHAR(3) NOT NULL,
  "status" "subscription_charge_status" NOT NULL,
  "attempt" INTEGER NOT NULL DEFAULT 0,
  "next_attempt_at" TIMESTAMPTZ(3),
  "first_failed_at" TIMESTAMPTZ(3),
  "failure_code" TEXT,
  "trigger_count" INTEGER NOT NULL DEFAULT 0,
  "triggered_at" TIMESTAMPTZ(3),
  "idempotency_key" TEXT NOT NULL,
  "idempotency_key_version" INTEGER NOT NULL DEFAULT 0,
  "intent_id" TEXT,
  "intent_open" BOOLEAN NOT NULL DEFAULT false,
  "captured" BIGINT NOT NULL DEFAULT 0,
  "refunded" BIGINT NOT NULL DEFAULT 0,
  "paid_at" TIMESTAMPTZ(3),
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "updated_at" TIMESTAMPTZ(3) NOT NULL,

  CONSTRAINT "subscription_charges_pkey" PRIMARY KEY ("id")
);

CREATE UNIQUE INDEX "subscription_charges_idempotency_key_key" ON "subscription_charges"("idempotency_key");
CREATE UNIQUE INDEX "subscription_charges_intent_id_key" ON "subscription_charges"("intent_id");
CREATE INDEX "subscription_charges_updated_at_idx" ON "subscription_charges"("updated_at");
CREATE UNIQUE INDEX "subscription_charges_subscription_id_period_key" ON "subscription_charges"("subscription_id", "period");
ALTER TABLE "subscription_charges" ADD CONSTRAINT "subscription_charges_amount_positive" CHECK ("amount" > 0 AND "period" >= 0 AND "period_end" > "period_start");
-- A charge captures its amount once or nothing, and whatever ended unpaid has given back what came
ALTER TABLE "subscription_charges" ADD CONSTRAINT "subscription_charges_captured_whole" CHECK ("captured" IN (0, "amount") AND "refunded" BETWEEN 0 AND "captured");
ALTER TABLE "subscription_charges" ADD CONSTRAINT "subscription_charges_balanced" CHECK (CASE "status" WHEN 'paid' THEN "captured" = "amount" AND "intent_id" IS NOT NULL AND "paid_at" IS NOT NULL WHEN 'open' THEN "captured" = 0 AND "next_attempt_at" IS NOT NULL ELSE true END);
CREATE UNIQUE INDEX "subscription_charges_open" ON "subscription_charges" ("subscription_id") WHERE "status" = 'open';
CREATE INDEX "subscription_charges_due" ON "subscription_charges" ("next_attempt_at") WHERE "status" = 'open';
CREATE INDEX "subscription_charges_unclosed" ON "subscription_charges" ("updated_at") WHERE "status" IN ('failed', 'waived') AND ("intent_open" OR "captured" > "refunded");

CREATE TABLE "subscription_refunds" (
  "id" TEXT NOT NULL,
  "charge_id" TEXT NOT NULL,
  "amount" BIGINT NOT NULL,
  "status" "refund_status" NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "updated_at" TIMESTAMPTZ(3) NOT NULL,

  CONSTRAINT "subscription_refunds_pkey" PRIMARY KEY ("id")
);

CREATE INDEX "subscription_refunds_charge_id_idx" ON "subscription_refunds"("charge_id");
CREATE INDEX "subscription_refunds_updated_at_idx" ON "subscription_refunds"("updated_at");
CREATE INDEX "subscription_refunds_pending" ON "subscription_refunds" ("created_at") WHERE "status" = 'pending';
ALTER TABLE "subscription_refunds" ADD CONSTRAINT "subscription_refunds_amount_positive" CHECK ("amount" > 0);

CREATE TABLE "subscription_disputes" (
  "id" TEXT NOT NULL,
  "charge_id" TEXT NOT NULL,
  "amount" BIGINT NOT NULL,
  "currency" CHAR(3) NOT NULL,
  "reason" TEXT NOT NULL,
  "status" TEXT NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "updated_at" TIMESTAMPTZ(3) NOT NULL,

  CONSTRAINT "subscription_disputes_pkey" PRIMARY KEY ("id")
);

CREATE INDEX "subscription_disputes_charge_id_idx" ON "subscription_disputes"("charge_id");

-- ---------------------------------------------------------------------------
-- Expenses and payouts
-- ---------------------------------------------------------------------------

CREATE TYPE "expense_status" AS ENUM ('pending', 'approved', 'rejected', 'withdrawn', 'paid', 'payment_failed');
CREATE TYPE "decision_channel" AS ENUM ('api', 'link', 'timeout');
CREATE TYPE "payout_status" AS ENUM ('created', 'sending', 'sent', 'paid', 'reversing', 'reversed', 'failed');

CREATE TABLE "expenses" (
  "id" TEXT NOT NULL,
  "external_id" TEXT,
  "submitter_id" TEXT NOT NULL,
  "amount" BIGINT NOT NULL,
  "currency" CHAR(3) NOT NULL,
  "description" TEXT NOT NULL,
  "status" "expense_status" NOT NULL,
  "decided_by" TEXT,
  "decided_via" "decision_channel",
  "decided_at" TIMESTAMPTZ(3),
  "note" TEXT,
  "deadline_at" TIMESTAMPTZ(3) NOT NULL,
  "reminded_at" TIMESTAMPTZ(3),
  "finalized_at" TIMESTAMPTZ(3),
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "updated_at" TIMESTAMPTZ(3) NOT NULL,

  CONSTRAINT "expenses_pkey" PRIMARY KEY ("id")
);

CREATE UNIQUE INDEX "expenses_external_id_key" ON "expenses"("external_id");
CREATE INDEX "expenses_submitter_id_created_at_idx" ON "expenses"("submitter_id", "created_at");
CREATE INDEX "expenses_status_created_at_idx" ON "expenses"("status", "created_at");
ALTER TABLE "expenses" ADD CONSTRAINT "expenses_amount_positive" CHECK ("amount" > 0);
ALTER TABLE "expenses" ADD CONSTRAINT "expenses_currency_form" CHECK ("currency" ~ '^[A-Z]{3}$');
-- One decision, by somebody else than the submitter, or by the deadline
ALTER TABLE "expenses" ADD CONSTRAINT "expenses_not_by_oneself" CHECK ("decided_by" IS NULL OR "decided_by" <> "submitter_id");
ALTER TABLE "expenses" ADD CONSTRAINT "expenses_decided_whole" CHECK (("decided_via" IS NULL) = ("decided_at" IS NULL) AND ("decided_via" IN ('api', 'link')) = ("decided_by" IS NOT NULL));
ALTER TABLE "expenses" ADD CONSTRAINT "expenses_status_decided" CHECK (CASE WHEN "status" = 'pending' THEN "decided_at" IS NULL WHEN "status" = 'withdrawn' THEN true ELSE "decided_at" IS NOT NULL END);
CREATE INDEX "expenses_unfinished" ON "expenses" ("deadline_at") WHERE "status" = 'pending';
CREATE INDEX "expenses_unfinalized" ON "expenses" ("updated_at") WHERE "finalized_at" IS NULL;

CREATE TABLE "payouts" (
  "id" TEXT NOT NULL,
  "expense_id" TEXT NOT NULL,
  "amount" BIGINT NOT NULL,
  "currency" CHAR(3) NOT NULL,
  "status" "payout_status" NOT NULL,
  "idempotency_key" TEXT NOT NULL,
  "idempotency_key_version" INTEGER NOT NULL DEFAULT 0,
  "destination" TEXT,
  "transfer_id" TEXT,
  "sent" BIGINT NOT NULL DEFAULT 0,
  "reversed" BIGINT NOT NULL DEFAULT 0,
  "failure_code" TEXT,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "updated_at" TIMESTAMPTZ(3) NOT NULL,

  CONSTRAINT "payouts_pkey" PRIMARY KEY ("id")
);

CREATE UNIQUE INDEX "payouts_expense_id_key" ON "payouts"("expense_id");
CREATE UNIQUE INDEX "payouts_idempotency_key_key" ON "payouts"("idempotency_key");
CREATE UNIQUE INDEX "payouts_transfer_id_key" ON "payouts"("transfer_id");
-- Money out: never more than approved, never more back than went out, and nothing half-way at an end
ALTER TABLE "payouts" ADD CONSTRAINT "payouts_amount_positive" CHECK ("amount" > 0);
ALTER TABLE "payouts" ADD CONSTRAINT "payouts_sent_within_amount" CHECK ("sent" IN (0, "amount") AND "reversed" BETWEEN 0 AND "sent");
ALTER TABLE "payouts" ADD CONSTRAINT "payouts_sent_known" CHECK (("sent" > 0) = ("transfer_id" IS NOT NULL));
ALTER TABLE "payouts" ADD CONSTRAINT "payouts_balanced" CHECK (CASE "status" WHEN 'paid' THEN "sent" = "amount" AND "reversed" = 0 WHEN 'reversed' THEN "sent" = "reversed" WHEN 'failed' THEN "sent" = 0 ELSE true END);
CREATE INDEX "payouts_unfinished" ON "payouts" ("updated_at") WHERE "status" IN ('created', 'sending', 'sent', 'reversing');

CREATE TABLE "payout_accounts" (
  "user_id" TEXT NOT NULL,
  "account" TEXT NOT NULL,
  "set_by" TEXT NOT NULL,
  "set_at" TIMESTAMPTZ(3) NOT NULL,

  CONSTRAINT "payout_accounts_pkey" PRIMARY KEY ("user_id")
);

-- ---------------------------------------------------------------------------
-- Email preferences and suppressions
-- ---------------------------------------------------------------------------

CREATE TYPE "email_category" AS ENUM ('transactional', 'marketing', 'product_news', 'digest');
CREATE TYPE "suppression_reason" AS ENUM ('bounced', 'complained', 'manual');

CREATE TABLE "email_suppressions" (
  "address" TEXT NOT NULL,
  "reason" "suppression_reason" NOT NULL,
  "detail" TEXT,
  "at" TIMESTAMPTZ(3) NOT NULL,

  CONSTRAINT "email_suppressions_pkey" PRIMARY KEY ("address","reason")
);

-- Addresses are stored in lower case. Transactional email has no preference.
ALTER TABLE "email_suppressions" ADD CONSTRAINT "email_suppressions_address_lower" CHECK ("address" = lower("address"));

CREATE TABLE "email_preferences" (
  "address" TEXT NOT NULL,
  "category" "email_category" NOT NULL,
  "wanted" BOOLEAN NOT NULL,
  "updated_at" TIMESTAMPTZ(3) NOT NULL,

  CONSTRAINT "email_preferences_pkey" PRIMARY KEY ("address","category")
);

ALTER TABLE "email_preferences" ADD CONSTRAINT "email_preferences_address_lower" CHECK ("address" = lower("address"));
ALTER TABLE "email_preferences" ADD CONSTRAINT "email_preferences_optional" CHECK ("category" <> 'transactional');

-- ---------------------------------------------------------------------------
-- Outbox, webhook inbox and emails
-- ---------------------------------------------------------------------------

CREATE TYPE "email_status" AS ENUM ('queued', 'sent', 'suppressed', 'failed');

CREATE TABLE "idempotency_records" (
  "scope" TEXT NOT NULL,
  "key" TEXT NOT NULL,
  "fingerprint" TEXT NOT NULL,
  "response" JSONB,
  "created_at" TIMESTAMPTZ(3) NOT NULL,

  CONSTRAINT "idempotency_records_pkey" PRIMARY KEY ("scope","key")
);

-- Every checkout with a key writes one; BRIN costs it next to nothing. The condition is always true.
CREATE INDEX "idempotency_records_age" ON "idempotency_records" USING brin ("created_at") WHERE "created_at" IS NOT NULL;

CREATE TABLE "outbox" (
  "id" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "data" JSONB NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "sent_at" TIMESTAMPTZ(3),
  "attempts" INTEGER NOT NULL DEFAULT 0,
  "not_before" TIMESTAMPTZ(3) NOT NULL,
  "last_error" TEXT,
  "refused_at" TIMESTAMPTZ(3),
  "quarantined_at" TIMESTAMPTZ(3),

  CONSTRAINT "outbox_pkey" PRIMARY KEY ("id")
);

-- Hot queries: what is unsent, unprocessed, reserved or unfinished is always few among many
CREATE INDEX "outbox_unsent" ON "outbox" ("not_before") WHERE "sent_at" IS NULL;
CREATE INDEX "outbox_sent" ON "outbox" ("sent_at") WHERE "sent_at" IS NOT NULL;
-- The events that name an order, for the console. Few others have one of these fields.
CREATE INDEX "outbox_order" ON "outbox" ((coalesce("data"->>'orderId', "data"->>'id'))) WHERE coalesce("data"->>'orderId', "data"->>'id') IS NOT NULL;
-- What the schema cannot say. Nothing lies in it as long as all is well.
CREATE INDEX "outbox_quarantined" ON "outbox" ("id") WHERE "quarantined_at" IS NOT NULL AND "sent_at" IS NULL;

CREATE TABLE "webhook_inbox" (
  "provider" TEXT NOT NULL,
  "id" TEXT NOT NULL,
  "type" TEXT NOT NULL,
  "object_id" TEXT,
  "payload" JSONB NOT NULL,
  "received_at" TIMESTAMPTZ(3) NOT NULL,
  "processed_at" TIMESTAMPTZ(3),
  "receipt" TEXT,

  CONSTRAINT "webhook_inbox_pkey" PRIMARY KEY ("provider","id")
);

CREATE INDEX "webhook_inbox_unprocessed" ON "webhook_inbox" ("received_at") WHERE "processed_at" IS NULL;
CREATE INDEX "webhook_inbox_object" ON "webhook_inbox" ("object_id") WHERE "processed_at" IS NULL;
CREATE INDEX "webhook_inbox_processed" ON "webhook_inbox" ("received_at") WHERE "processed_at" IS NOT NULL;

CREATE TABLE "emails" (
  "id" TEXT NOT NULL,
  "kind" TEXT NOT NULL,
  "entity_id" TEXT NOT NULL,
  "recipient" TEXT NOT NULL,
  "category" "email_category" NOT NULL DEFAULT 'transactional',
  "subject" TEXT NOT NULL,
  "html" TEXT NOT NULL,
  "text" TEXT NOT NULL,
  "attachments" JSONB NOT NULL DEFAULT '[]',
  "status" "email_status" NOT NULL,
  "provider_id" TEXT,
  "last_event" TEXT,
  "error" TEXT,
  "send_at" TIMESTAMPTZ(3),
  "batch_id" TEXT,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "sent_at" TIMESTAMPTZ(3),

  CONSTRAINT "emails_pkey" PRIMARY KEY ("id")
);

CREATE UNIQUE INDEX "emails_provider_id_key" ON "emails"("provider_id");
CREATE INDEX "emails_recipient_created_at_idx" ON "emails"("recipient", "created_at");
CREATE INDEX "emails_created_at_id_idx" ON "emails"("created_at", "id");
-- Finds ids and their prefixes. It is partial because Prisma cannot compare this operator class with its schema.
CREATE INDEX "emails_entity_id" ON "emails" ("entity_id" text_pattern_ops) WHERE "entity_id" IS NOT NULL;
CREATE UNIQUE INDEX "emails_kind_entity_id_recipient_key" ON "emails"("kind", "entity_id", "recipient");
-- The operators list emails by status. Nearly all are sent.
CREATE INDEX "emails_unsent" ON "emails" ("created_at", "id") WHERE "status" <> 'sent';
CREATE INDEX "emails_queued" ON "emails" ("created_at") WHERE "status" = 'queued';
CREATE INDEX "emails_of_batch" ON "emails" ("batch_id") WHERE "batch_id" IS NOT NULL;
-- Retention rules find old rows without reading rows that stay.
CREATE INDEX "emails_with_body" ON "emails" ("created_at") WHERE "status" <> 'queued' AND ("html" <> '' OR "text" <> '');
CREATE INDEX "emails_optional" ON "emails" ("created_at") WHERE "category" <> 'transactional' AND "status" <> 'queued';

CREATE TABLE "email_batches" (
  "id" TEXT NOT NULL,
  "idempotency_key" TEXT,
  "version" INTEGER NOT NULL DEFAULT 0,
  "created_at" TIMESTAMPTZ(3) NOT NULL,

  CONSTRAINT "email_batches_pkey" PRIMARY KEY ("id")
);

CREATE INDEX "email_batches_created_at_idx" ON "email_batches"("created_at");

CREATE TABLE "rate_limits" (
  "key" TEXT NOT NULL,
  "tat" TIMESTAMPTZ(3) NOT NULL,

  CONSTRAINT "rate_limits_pkey" PRIMARY KEY ("key")
);

-- Every checkout writes one; BRIN costs it next to nothing. The condition is always true.
CREATE INDEX "rate_limits_age" ON "rate_limits" USING brin ("tat") WHERE "tat" IS NOT NULL;

CREATE TABLE "alerts" (
  "id" TEXT NOT NULL,
  "kind" TEXT NOT NULL,
  "incident" TEXT NOT NULL,
  "subject" TEXT NOT NULL,
  "detail" JSONB NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "resolved_at" TIMESTAMPTZ(3),

  CONSTRAINT "alerts_pkey" PRIMARY KEY ("id")
);

CREATE UNIQUE INDEX "alerts_open_incident" ON "alerts" ("incident") WHERE "resolved_at" IS NULL;
CREATE INDEX "alerts_incident_idx" ON "alerts" ("incident");
CREATE INDEX "alerts_unresolved" ON "alerts" ("created_at") WHERE "resolved_at" IS NULL;
CREATE INDEX "alerts_resolved" ON "alerts" ("resolved_at") WHERE "resolved_at" IS NOT NULL;

-- ---------------------------------------------------------------------------
-- Broadcasts
-- ---------------------------------------------------------------------------

CREATE TYPE "notification_status" AS ENUM ('pending', 'sending', 'sent', 'refused', 'failed', 'stopped');
CREATE TYPE "chunk_status" AS ENUM ('pending', 'sending', 'done');

CREATE TABLE "broadcasts" (
  "id" TEXT NOT NULL,
  "title" TEXT NOT NULL,
  "message" TEXT NOT NULL,
  "segment" JSONB NOT NULL,
  "html" TEXT NOT NULL,
  "text" TEXT NOT NULL,
  "created_by" TEXT NOT NULL,
  "cursor" TEXT NOT NULL DEFAULT '',
  "chunks" INTEGER NOT NULL DEFAULT 0,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "scheduled_at" TIMESTAMPTZ(3),
  "progressed_at" TIMESTAMPTZ(3) NOT NULL,
  "planned_at" TIMESTAMPTZ(3),
  "stopped_at" TIMESTAMPTZ(3),
  "figures" JSONB,

  CONSTRAINT "broadcasts_pkey" PRIMARY KEY ("id")
);

CREATE INDEX "broadcasts_created_at_idx" ON "broadcasts"("created_at");
ALTER TABLE "broadcasts" ADD CONSTRAINT "broadcasts_title_given" CHECK ("title" <> '' AND "message" <> '');
-- Unfinished rows are few, so a sweep reads a small index.
CREATE INDEX "broadcasts_unplanned" ON "broadcasts" ("progressed_at") WHERE "planned_at" IS NULL AND "stopped_at" IS NULL;

CREATE TABLE "notifications" (
  "broadcast_id" TEXT NOT NULL,
  "user_id" TEXT NOT NULL,
  "chunk" INTEGER NOT NULL,
  "status" "notification_status" NOT NULL DEFAULT 'pending',
  "address" TEXT NOT NULL,
  "name" TEXT,
  "provider_id" TEXT,
  "error" TEXT,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "ended_at" TIMESTAMPTZ(3),
  "last_event" TEXT,
  "delivered_at" TIMESTAMPTZ(3),
  "opened_at" TIMESTAMPTZ(3),
  "clicked_at" TIMESTAMPTZ(3),
  "bounced_at" TIMESTAMPTZ(3),
  "complained_at" TIMESTAMPTZ(3),

  CONSTRAINT "notifications_pkey" PRIMARY KEY ("broadcast_id","user_id")
);

CREATE UNIQUE INDEX "notifications_provider_id_key" ON "notifications"("provider_id");
CREATE INDEX "notifications_broadcast_id_chunk_idx" ON "notifications"("broadcast_id", "chunk");
CREATE INDEX "notifications_created_at_broadcast_id_user_id_idx" ON "notifications"("created_at", "broadcast_id", "user_id");
CREATE INDEX "notifications_address_created_at_idx" ON "notifications"("address", "created_at");
CREATE UNIQUE INDEX "notifications_broadcast_id_address_key" ON "notifications"("broadcast_id", "address");

CREATE TABLE "broadcast_chunks" (
  "broadcast_id" TEXT NOT NULL,
  "chunk" INTEGER NOT NULL,
  "status" "chunk_status" NOT NULL DEFAULT 'pending',
  "version" INTEGER NOT NULL DEFAULT 1,
  "recipients" INTEGER NOT NULL DEFAULT 0,
  "sent" INTEGER NOT NULL DEFAULT 0,
  "failed" INTEGER NOT NULL DEFAULT 0,
  "unsubscribed" INTEGER NOT NULL DEFAULT 0,
  "idempotency_key" TEXT,
  "claimed_at" TIMESTAMPTZ(3),
  "send_at" TIMESTAMPTZ(3),
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "progressed_at" TIMESTAMPTZ(3) NOT NULL,

  CONSTRAINT "broadcast_chunks_pkey" PRIMARY KEY ("broadcast_id","chunk")
);

ALTER TABLE "broadcast_chunks" ADD CONSTRAINT "broadcast_chunks_sending_under_a_key" CHECK ("status" <> 'sending' OR "idempotency_key" IS NOT NULL);
CREATE INDEX "broadcast_chunks_unfinished" ON "broadcast_chunks" ("progressed_at") WHERE "status" <> 'done';

-- ---------------------------------------------------------------------------
-- Email engagement and experiments
-- ---------------------------------------------------------------------------

CREATE TYPE "email_event_type" AS ENUM ('opened', 'clicked', 'bounced', 'complained');

CREATE TABLE "email_events" (
  "email_id" TEXT NOT NULL,
  "type" "email_event_type" NOT NULL,
  "at" TIMESTAMPTZ(3) NOT NULL,

  CONSTRAINT "email_events_pkey" PRIMARY KEY ("email_id","type")
);

CREATE INDEX "email_events_at_idx" ON "email_events"("at");

CREATE TABLE "experiment_ends" (
  "experiment_id" TEXT NOT NULL,
  "winner" TEXT NOT NULL,
  "decided_by" TEXT NOT NULL,
  "at" TIMESTAMPTZ(3) NOT NULL,

  CONSTRAINT "experiment_ends_pkey" PRIMARY KEY ("experiment_id")
);

CREATE TABLE "experiment_exposures" (
  "experiment_id" TEXT NOT NULL,
  "user_id" TEXT NOT NULL,
  "variant" TEXT NOT NULL,
  "email_id" TEXT NOT NULL,
  "at" TIMESTAMPTZ(3) NOT NULL,
  "opened_at" TIMESTAMPTZ(3),
  "clicked_at" TIMESTAMPTZ(3),

  CONSTRAINT "experiment_exposures_pkey" PRIMARY KEY ("experiment_id","user_id")
);

CREATE UNIQUE INDEX "experiment_exposures_email_id_key" ON "experiment_exposures"("email_id");

-- ---------------------------------------------------------------------------
-- Imports
-- ---------------------------------------------------------------------------

CREATE TYPE "import_type" AS ENUM ('products', 'stock');
CREATE TYPE "import_status" AS ENUM ('queued', 'fetching', 'checking', 'applying', 'done', 'failed', 'manual', 'dismissed');

CREATE TABLE "imports" (
  "id" TEXT NOT NULL,
  "type" "import_type" NOT NULL,
  "url" TEXT,
  "file_name" TEXT,
  "dry_run" BOOLEAN NOT NULL DEFAULT false,
  "applied_as" TEXT,
  "status" "import_status" NOT NULL DEFAULT 'queued',
  "created_by" TEXT NOT NULL,
  "etag" TEXT,
  "last_modified" TEXT,
  "length" BIGINT,
  "fetched" BIGINT NOT NULL DEFAULT 0,
  "sha256" TEXT,
  "duplicate_of" TEXT,
  "byte_cursor" BIGINT NOT NULL DEFAULT 0,
  "line_cursor" INTEGER NOT NULL DEFAULT 1,
  "encoding" TEXT,
  "delimiter" TEXT,
  "columns" TEXT[],
  "rows" INTEGER,
  "created" INTEGER NOT NULL DEFAULT 0,
  "updated" INTEGER NOT NULL DEFAULT 0,
  "unchanged" INTEGER NOT NULL DEFAULT 0,
  "bad" INTEGER NOT NULL DEFAULT 0,
  "spent_ms" INTEGER NOT NULL DEFAULT 0,
  "problem" JSONB,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "progressed_at" TIMESTAMPTZ(3) NOT NULL,
  "ended_at" TIMESTAMPTZ(3),

  CONSTRAINT "imports_pkey" PRIMARY KEY ("id")
);

CREATE INDEX "imports_type_ended_at_idx" ON "imports"("type", "ended_at");
ALTER TABLE "imports" ADD CONSTRAINT "imports_cursor_within_file" CHECK ("byte_cursor" BETWEEN 0 AND "fetched");
ALTER TABLE "imports" ADD CONSTRAINT "imports_one_source" CHECK (num_nonnulls("url", "file_name") = 1);
ALTER TABLE "imports" ADD CONSTRAINT "imports_counts" CHECK (least("created", "updated", "unchanged", "bad") >= 0);
-- At most one import of a type applies its rows at a time. A dry run changes nothing.
CREATE UNIQUE INDEX "imports_one_applied_at_a_time" ON "imports" ("type") WHERE "status" = 'applying' AND NOT "dry_run";
CREATE INDEX "imports_unfinished" ON "imports" ("progressed_at") WHERE "status" IN ('queued', 'fetching', 'checking', 'applying');

CREATE TABLE "import_parts" (
  "import_id" TEXT NOT NULL,
  "at" BIGINT NOT NULL,
  "bytes" BYTEA NOT NULL,

  CONSTRAINT "import_parts_pkey" PRIMARY KEY ("import_id","at")
);

CREATE TABLE "import_skus" (
  "import_id" TEXT NOT NULL,
  "sku" TEXT NOT NULL,
  "line" INTEGER NOT NULL,
  "key" TEXT,

  CONSTRAINT "import_skus_pkey" PRIMARY KEY ("import_id","sku")
);

CREATE INDEX "import_skus_key" ON "import_skus" ("import_id", "key") WHERE "key" IS NOT NULL;

CREATE TABLE "import_errors" (
  "import_id" TEXT NOT NULL,
  "line" INTEGER NOT NULL,
  "column_name" TEXT NOT NULL,
  "sku" TEXT,
  "message" TEXT NOT NULL,

  CONSTRAINT "import_errors_pkey" PRIMARY KEY ("import_id","line","column_name")
);

CREATE TABLE "manual_queue" (
  "id" TEXT NOT NULL,
  "kind" TEXT NOT NULL,
  "entity_id" TEXT NOT NULL,
  "cause" JSONB NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "resolved_at" TIMESTAMPTZ(3),
  "resolved_by" TEXT,
  "resolution" TEXT,
  "note" TEXT,

  CONSTRAINT "manual_queue_pkey" PRIMARY KEY ("id")
);

CREATE INDEX "manual_queue_created_at_id_idx" ON "manual_queue"("created_at", "id");
CREATE INDEX "manual_queue_kind_entity_id_idx" ON "manual_queue"("kind", "entity_id");
-- At most one open task for an entity.
CREATE UNIQUE INDEX "manual_queue_open" ON "manual_queue" ("kind", "entity_id") WHERE "resolved_at" IS NULL;
CREATE INDEX "manual_queue_resolved" ON "manual_queue" ("resolved_at") WHERE "resolved_at" IS NOT NULL;

-- ---------------------------------------------------------------------------
-- Jobs
-- ---------------------------------------------------------------------------

CREATE TYPE "job_status" AS ENUM ('queued', 'running', 'done', 'failed');

CREATE TABLE "jobs" (
  "id" TEXT NOT NULL,
  "kind" TEXT NOT NULL,
  "status" "job_status" NOT NULL DEFAULT 'queued',
  "created_by" TEXT NOT NULL,
  "metadata" JSONB,
  "until" TIMESTAMPTZ(3) NOT NULL,
  "cursor" TEXT NOT NULL DEFAULT '',
  "total" INTEGER NOT NULL,
  "processed" INTEGER NOT NULL DEFAULT 0,
  "result" JSONB,
  "error" TEXT,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "progressed_at" TIMESTAMPTZ(3) NOT NULL,
  "ended_at" TIMESTAMPTZ(3),

  CONSTRAINT "jobs_pkey" PRIMARY KEY ("id")
);

CREATE INDEX "jobs_created_at_id_idx" ON "jobs"("created_at", "id");
CREATE INDEX "jobs_unfinished" ON "jobs" ("progressed_at") WHERE "status" IN ('queued', 'running');

CREATE TABLE "customer_months" (
  "job_id" TEXT NOT NULL,
  "email" TEXT NOT NULL,
  "currency" CHAR(3) NOT NULL,
  "month" CHAR(7) NOT NULL,
  "orders" INTEGER NOT NULL,
  "revenue" BIGINT NOT NULL,

  CONSTRAINT "customer_months_pkey" PRIMARY KEY ("job_id","email","currency","month")
);

-- ---------------------------------------------------------------------------
-- Webhook endpoints (outgoing)
-- ---------------------------------------------------------------------------

CREATE TYPE "delivery_status" AS ENUM ('pending', 'delivered', 'failed');

CREATE TABLE "webhook_endpoints" (
  "id" TEXT NOT NULL,
  "user_id" TEXT NOT NULL,
  "url" TEXT NOT NULL,
  "secret" TEXT NOT NULL,
  "old_secrets" JSONB NOT NULL DEFAULT '[]',
  "old_secrets_until" TIMESTAMPTZ(3),
  "events" TEXT[],
  "enabled" BOOLEAN NOT NULL DEFAULT true,
  "enabled_at" TIMESTAMPTZ(3),
  "disabled_for" TEXT,
  "failures" INTEGER NOT NULL DEFAULT 0,
  "open_until" TIMESTAMPTZ(3),
  "probe_until" TIMESTAMPTZ(3),
  "created_at" TIMESTAMPTZ(3) NOT NULL,

  CONSTRAINT "webhook_endpoints_pkey" PRIMARY KEY ("id")
);

CREATE INDEX "webhook_endpoints_user_id_idx" ON "webhook_endpoints"("user_id");
ALTER TABLE "webhook_endpoints" ADD CONSTRAINT "webhook_endpoints_failures" CHECK ("failures" >= 0);
ALTER TABLE "webhook_endpoints" ADD CONSTRAINT "webhook_endpoints_events" CHECK (cardinality("events") > 0);

CREATE TABLE "webhook_deliveries" (
  "id" TEXT NOT NULL,
  "endpoint_id" TEXT NOT NULL,
  "event" TEXT NOT NULL,
  "body" TEXT NOT NULL,
  "status" "delivery_status" NOT NULL DEFAULT 'pending',
  "attempts" INTEGER NOT NULL DEFAULT 0,
  "scheduled_at" TIMESTAMPTZ(3),
  "run_number" INTEGER NOT NULL DEFAULT 1,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "ended_at" TIMESTAMPTZ(3),

  CONSTRAINT "webhook_deliveries_pkey" PRIMARY KEY ("id")
);

CREATE INDEX "webhook_deliveries_endpoint_id_created_at_id_idx" ON "webhook_deliveries"("endpoint_id", "created_at", "id");
CREATE INDEX "webhook_deliveries_pending" ON "webhook_deliveries" ("created_at") WHERE "status" = 'pending';
CREATE INDEX "webhook_deliveries_ended" ON "webhook_deliveries" ("ended_at") WHERE "status" <> 'pending';

CREATE TABLE "webhook_attempts" (
  "delivery_id" TEXT NOT NULL,
  "attempt" INTEGER NOT NULL,
  "at" TIMESTAMPTZ(3) NOT NULL,
  "status" INTEGER,
  "detail" TEXT NOT NULL,
  "duration_ms" INTEGER NOT NULL,

  CONSTRAINT "webhook_attempts_pkey" PRIMARY KEY ("delivery_id","attempt")
);

-- ---------------------------------------------------------------------------
-- Customer search
-- ---------------------------------------------------------------------------

CREATE TABLE "customer_search" (
  "user_id" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "email" TEXT NOT NULL,
  "version" TIMESTAMPTZ(3) NOT NULL,

  CONSTRAINT "customer_search_pkey" PRIMARY KEY ("user_id")
);

CREATE INDEX "customer_search_name_user_id_email_idx" ON "customer_search"("name", "user_id", "email");

-- ---------------------------------------------------------------------------
-- Reports, alerts and scheduled functions
-- ---------------------------------------------------------------------------

CREATE TABLE "installation" (
  "single" BOOLEAN NOT NULL DEFAULT true,
  "id" TEXT NOT NULL,

  CONSTRAINT "installation_pkey" PRIMARY KEY ("single")
);

ALTER TABLE "installation" ADD CONSTRAINT "installation_single" CHECK ("single");

CREATE TABLE "cron_heartbeats" (
  "name" TEXT NOT NULL,
  "at" TIMESTAMPTZ(3) NOT NULL,
  "run_id" TEXT,
  "interval_ms" BIGINT NOT NULL,

  CONSTRAINT "cron_heartbeats_pkey" PRIMARY KEY ("name")
);

CREATE TABLE "daily_reports" (
  "date" DATE NOT NULL,
  "time_zone" TEXT NOT NULL,
  "from" TIMESTAMPTZ(3) NOT NULL,
  "until" TIMESTAMPTZ(3) NOT NULL,
  "report" JSONB NOT NULL,
  "csv" TEXT NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL,

  CONSTRAINT "daily_reports_pkey" PRIMARY KEY ("date")
);

ALTER TABLE "daily_reports" ADD CONSTRAINT "daily_reports_lasts" CHECK ("until" > "from");

CREATE TABLE "sales_days" (
  "date" DATE NOT NULL,
  "currency" CHAR(3) NOT NULL,
  "placed" INTEGER NOT NULL,
  "confirmed" INTEGER NOT NULL,
  "failed" INTEGER NOT NULL,
  "cancelled" INTEGER NOT NULL,
  "revenue" BIGINT NOT NULL,
  "refunds" BIGINT NOT NULL,

  CONSTRAINT "sales_days_pkey" PRIMARY KEY ("date", "currency")
);

CREATE TABLE "sales_product_days" (
  "date" DATE NOT NULL,
  "product_id" TEXT NOT NULL,
  "currency" CHAR(3) NOT NULL,
  "units" INTEGER NOT NULL,
  "revenue" BIGINT NOT NULL,

  CONSTRAINT "sales_product_days_pkey" PRIMARY KEY ("date", "product_id", "currency")
);

CREATE TABLE "sales_watermark" (
  "single" BOOLEAN NOT NULL DEFAULT true,
  "time_zone" TEXT NOT NULL,
  "until" TIMESTAMPTZ(3) NOT NULL,

  CONSTRAINT "sales_watermark_pkey" PRIMARY KEY ("single")
);

ALTER TABLE "sales_watermark" ADD CONSTRAINT "sales_watermark_single" CHECK ("single");

CREATE TABLE "sweeps" (
  "name" TEXT NOT NULL,
  "next_at" TIMESTAMPTZ(3) NOT NULL,
  "leased_until" TIMESTAMPTZ(3),
  "cursor" TEXT,
  "last_run_at" TIMESTAMPTZ(3),
  "duration_ms" INTEGER NOT NULL DEFAULT 0,
  "last_found_at" TIMESTAMPTZ(3),
  "found" INTEGER NOT NULL DEFAULT 0,
  "repaired" INTEGER NOT NULL DEFAULT 0,

  CONSTRAINT "sweeps_pkey" PRIMARY KEY ("name")
);

CREATE TABLE "sweep_failures" (
  "sweep" TEXT NOT NULL,
  "item_id" TEXT NOT NULL,
  "attempts" INTEGER NOT NULL DEFAULT 1,
  "not_before" TIMESTAMPTZ(3) NOT NULL,
  "last_error" TEXT NOT NULL,
  "alert_id" TEXT,
  "created_at" TIMESTAMPTZ(3) NOT NULL,

  CONSTRAINT "sweep_failures_pkey" PRIMARY KEY ("sweep","item_id")
);

CREATE INDEX "sweep_failures_alert_id_idx" ON "sweep_failures"("alert_id");

CREATE TABLE "failed_runs" (
  "id" TEXT NOT NULL,
  "function" TEXT NOT NULL,
  "event_name" TEXT NOT NULL,
  "event_id" TEXT,
  "error" TEXT NOT NULL,
  "fields" TEXT[],
  "created_at" TIMESTAMPTZ(3) NOT NULL,

  CONSTRAINT "failed_runs_pkey" PRIMARY KEY ("id")
);

CREATE INDEX "failed_runs_created_at_idx" ON "failed_runs"("created_at");

CREATE TABLE "invariant_checks" (
  "name" TEXT NOT NULL,
  "checked_at" TIMESTAMPTZ(3) NOT NULL,
  "duration_ms" INTEGER NOT NULL,
  "ids" TEXT[],

  CONSTRAINT "invariant_checks_pkey" PRIMARY KEY ("name")
);

-- ---------------------------------------------------------------------------
-- Addresses of one mailbox
-- ---------------------------------------------------------------------------
-- Returns the same text for all spellings of an address that reach one mailbox; the same as emailKey (lib/email-key.ts).
CREATE FUNCTION "email_key"("address" TEXT) RETURNS TEXT LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN lower(address) ~ '@(gmail|googlemail)\.com$'
    THEN replace(regexp_replace(lower(address), '^(.[^+@]*)\+?.*@[^@]*$', '\1'), '.', '') || '@gmail.com'
    ELSE regexp_replace(lower(address), '^(.[^+]*)\+.*@([^@]*)$', '\1@\2') END
$$;
CREATE INDEX "orders_email_key" ON "orders" (email_key("email"));

-- ---------------------------------------------------------------------------
-- Full-text and similarity search
-- ---------------------------------------------------------------------------
CREATE EXTENSION IF NOT EXISTS pg_trgm;
-- fuzzystrmatch is a trusted extension, as pg_trgm is: the owner of the database may create it.
CREATE EXTENSION IF NOT EXISTS fuzzystrmatch;

-- Returns a product as a full-text document. Name and SKU weigh more than the description. Characters other than letters and
-- digits separate words, so that a search for either half finds MUG-001.
CREATE FUNCTION "product_document"("name" TEXT, "sku" TEXT, "description" TEXT) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT setweight(to_tsvector('english', regexp_replace($1, '[^[:alnum:]]+', ' ', 'g')), 'A')
    || setweight(to_tsvector('simple', regexp_replace($2, '[^[:alnum:]]+', ' ', 'g')), 'B')
    || setweight(to_tsvector('english', regexp_replace($3, '[^[:alnum:]]+', ' ', 'g')), 'D')
$$;

-- Returns how many letters of a word may differ. A swap of two letters counts as two.
CREATE FUNCTION "allowed_typos"("word" TEXT) RETURNS INT LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN length(word) < 4 THEN 0 WHEN length(word) < 6 THEN 1 ELSE 2 END
$$;

-- Returns whether each of the words begins a word of the text, or equals one except for the allowed typos. Trigrams alone
-- cannot distinguish a typo from another word: "jakcet" and "jacket" share fewer (0.28) than "mug" and "multi" (0.5).
CREATE FUNCTION "matches_all_words"("content" TEXT, "words" TEXT[]) RETURNS BOOLEAN LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT NOT EXISTS (
    SELECT 1 FROM unnest(words) w WHERE NOT EXISTS (
      SELECT 1 FROM regexp_split_to_table(content, '[^[:alnum:]]+') t
      WHERE starts_with(t, w)
        OR levenshtein_less_equal(left(t, 60), left(w, 60), allowed_typos(w)) <= allowed_typos(w)))
$$;

-- Return what is similar to all words. The trigram index finds candidates by the first word, so it should be the longest.
-- These are functions because the threshold of the operator %> can only be set for a function.
CREATE FUNCTION "similar_products"("words" TEXT[]) RETURNS TABLE ("id" TEXT, "similarity" REAL) LANGUAGE sql STABLE
  SET pg_trgm.word_similarity_threshold = '0.25' AS $$
  SELECT p.id, (SELECT min(word_similarity(w, lower(p.name))) FROM unnest(words) w)
  FROM products p WHERE p.active AND lower(p.name) %> words[1] AND matches_all_words(lower(p.name), words)
$$;
CREATE FUNCTION "similar_customers"("words" TEXT[]) RETURNS TABLE ("user_id" TEXT, "similarity" REAL) LANGUAGE sql STABLE
  SET pg_trgm.word_similarity_threshold = '0.25' AS $$
  SELECT c.user_id, (SELECT min(word_similarity(w, lower(c.name || ' ' || c.email))) FROM unnest(words) w)
  FROM customer_search c
  WHERE lower(c.name || ' ' || c.email) %> words[1] AND matches_all_words(lower(c.name || ' ' || c.email), words)
$$;

CREATE INDEX "products_full_text" ON "products" USING gin ("product_document"("name", "sku", "description")) WHERE "active";
CREATE INDEX "products_trigrams" ON "products" USING gin (lower("name") gin_trgm_ops) WHERE "active";
-- The console searches orders by a part of the email address or the name.
CREATE INDEX "orders_trigrams" ON "orders" USING gin ("email" gin_trgm_ops, "name" gin_trgm_ops);
CREATE INDEX "customer_search_trigrams" ON "customer_search" USING gin (lower("name" || ' ' || "email") gin_trgm_ops);

-- ---------------------------------------------------------------------------
-- Notes and changes of roles
-- ---------------------------------------------------------------------------

CREATE TABLE "notes" (
  "id" TEXT NOT NULL,
  "order_id" TEXT,
  "user_id" TEXT,
  "text" TEXT NOT NULL,
  "written_by" TEXT NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL,

  CONSTRAINT "notes_pkey" PRIMARY KEY ("id")
);

ALTER TABLE "notes" ADD CONSTRAINT "notes_one_subject" CHECK (("order_id" IS NULL) <> ("user_id" IS NULL));
CREATE INDEX "notes_order_id_idx" ON "notes"("order_id");
CREATE INDEX "notes_user_id_idx" ON "notes"("user_id");

CREATE TABLE "role_changes" (
  "id" TEXT NOT NULL,
  "user_id" TEXT NOT NULL,
  "from" "role" NOT NULL,
  "to" "role" NOT NULL,
  "changed_by" TEXT NOT NULL,
  "at" TIMESTAMPTZ(3) NOT NULL,

  CONSTRAINT "role_changes_pkey" PRIMARY KEY ("id")
);

CREATE INDEX "role_changes_user_id_at_idx" ON "role_changes"("user_id", "at");

-- ---------------------------------------------------------------------------
-- Foreign keys
-- ---------------------------------------------------------------------------

-- Users, sessions and sign-in (better-auth)
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "accounts" ADD CONSTRAINT "accounts_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Profiles, onboarding and digests
ALTER TABLE "profiles" ADD CONSTRAINT "profiles_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "onboarding_progress" ADD CONSTRAINT "onboarding_progress_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "user_activity" ADD CONSTRAINT "user_activity_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "digests" ADD CONSTRAINT "digests_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Products, inventory and reservations
ALTER TABLE "inventory" ADD CONSTRAINT "inventory_product_id_fkey" FOREIGN KEY ("product_id") REFERENCES "products"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "reservations" ADD CONSTRAINT "reservations_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "orders"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "reservations" ADD CONSTRAINT "reservations_product_id_fkey" FOREIGN KEY ("product_id") REFERENCES "products"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- Stock movements
ALTER TABLE "stock_movements" ADD CONSTRAINT "stock_movements_product_id_fkey" FOREIGN KEY ("product_id") REFERENCES "products"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- Coupons
ALTER TABLE "coupons" ADD CONSTRAINT "coupons_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "orders"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "coupons" ADD CONSTRAINT "coupons_gift_order_id_fkey" FOREIGN KEY ("gift_order_id") REFERENCES "orders"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- Orders, order lines and timeline
ALTER TABLE "orders" ADD CONSTRAINT "orders_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "order_lines" ADD CONSTRAINT "order_lines_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "orders"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "order_lines" ADD CONSTRAINT "order_lines_product_id_fkey" FOREIGN KEY ("product_id") REFERENCES "products"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "order_events" ADD CONSTRAINT "order_events_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "orders"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- Payments and refunds
ALTER TABLE "payments" ADD CONSTRAINT "payments_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "orders"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "refunds" ADD CONSTRAINT "refunds_payment_id_fkey" FOREIGN KEY ("payment_id") REFERENCES "payments"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "refunds" ADD CONSTRAINT "refunds_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "orders"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "disputes" ADD CONSTRAINT "disputes_payment_id_fkey" FOREIGN KEY ("payment_id") REFERENCES "payments"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "disputes" ADD CONSTRAINT "disputes_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "orders"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- Order tags
ALTER TABLE "order_tags" ADD CONSTRAINT "order_tags_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "orders"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Order reviews
ALTER TABLE "order_reviews" ADD CONSTRAINT "order_reviews_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "orders"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "order_reviews" ADD CONSTRAINT "order_reviews_decided_by_fkey" FOREIGN KEY ("decided_by") REFERENCES "users"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- Shipments and messages about them
ALTER TABLE "shipments" ADD CONSTRAINT "shipments_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "orders"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "shipment_items" ADD CONSTRAINT "shipment_items_shipment_id_fkey" FOREIGN KEY ("shipment_id") REFERENCES "shipments"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "push_subscriptions" ADD CONSTRAINT "push_subscriptions_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Plans and subscriptions
ALTER TABLE "billing_customers" ADD CONSTRAINT "billing_customers_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "subscriptions" ADD CONSTRAINT "subscriptions_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "subscriptions" ADD CONSTRAINT "subscriptions_plan_id_fkey" FOREIGN KEY ("plan_id") REFERENCES "plans"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "subscription_charges" ADD CONSTRAINT "subscription_charges_subscription_id_fkey" FOREIGN KEY ("subscription_id") REFERENCES "subscriptions"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "subscription_refunds" ADD CONSTRAINT "subscription_refunds_charge_id_fkey" FOREIGN KEY ("charge_id") REFERENCES "subscription_charges"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "subscription_disputes" ADD CONSTRAINT "subscription_disputes_charge_id_fkey" FOREIGN KEY ("charge_id") REFERENCES "subscription_charges"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- Expenses and payouts
ALTER TABLE "expenses" ADD CONSTRAINT "expenses_submitter_id_fkey" FOREIGN KEY ("submitter_id") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "expenses" ADD CONSTRAINT "expenses_decided_by_fkey" FOREIGN KEY ("decided_by") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "payouts" ADD CONSTRAINT "payouts_expense_id_fkey" FOREIGN KEY ("expense_id") REFERENCES "expenses"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "payout_accounts" ADD CONSTRAINT "payout_accounts_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Broadcasts
ALTER TABLE "notifications" ADD CONSTRAINT "notifications_broadcast_id_fkey" FOREIGN KEY ("broadcast_id") REFERENCES "broadcasts"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "broadcast_chunks" ADD CONSTRAINT "broadcast_chunks_broadcast_id_fkey" FOREIGN KEY ("broadcast_id") REFERENCES "broadcasts"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Email engagement and experiments
ALTER TABLE "emails" ADD CONSTRAINT "emails_batch_id_fkey" FOREIGN KEY ("batch_id") REFERENCES "email_batches"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "email_events" ADD CONSTRAINT "email_events_email_id_fkey" FOREIGN KEY ("email_id") REFERENCES "emails"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Imports
ALTER TABLE "import_parts" ADD CONSTRAINT "import_parts_import_id_fkey" FOREIGN KEY ("import_id") REFERENCES "imports"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "import_errors" ADD CONSTRAINT "import_errors_import_id_fkey" FOREIGN KEY ("import_id") REFERENCES "imports"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Jobs
ALTER TABLE "customer_months" ADD CONSTRAINT "customer_months_job_id_fkey" FOREIGN KEY ("job_id") REFERENCES "jobs"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Webhook endpoints (outgoing)
ALTER TABLE "webhook_endpoints" ADD CONSTRAINT "webhook_endpoints_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "webhook_deliveries" ADD CONSTRAINT "webhook_deliveries_endpoint_id_fkey" FOREIGN KEY ("endpoint_id") REFERENCES "webhook_endpoints"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "webhook_attempts" ADD CONSTRAINT "webhook_attempts_delivery_id_fkey" FOREIGN KEY ("delivery_id") REFERENCES "webhook_deliveries"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Sweeps
ALTER TABLE "sweep_failures" ADD CONSTRAINT "sweep_failures_sweep_fkey" FOREIGN KEY ("sweep") REFERENCES "sweeps"("name") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "sweep_failures" ADD CONSTRAINT "sweep_failures_alert_id_fkey" FOREIGN KEY ("alert_id") REFERENCES "alerts"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- Notes and changes of roles
ALTER TABLE "notes" ADD CONSTRAINT "notes_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "orders"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "notes" ADD CONSTRAINT "notes_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "role_changes" ADD CONSTRAINT "role_changes_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
