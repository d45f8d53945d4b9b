-- The daily report counts the orders that ended in a day.
CREATE INDEX "order_events_ends" ON "order_events" ("at") WHERE "type" IN ('order_failed', 'order_cancelled');
