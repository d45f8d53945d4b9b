-- Customers of orders that were there before are not told of them anew (lib/reconcile/tell-customers.ts).
INSERT INTO cursors (name, value) SELECT 'timeline-entries', max(id) FROM order_events HAVING max(id) IS NOT NULL;
