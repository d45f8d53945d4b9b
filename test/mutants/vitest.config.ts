import path from "node:path";
import { defineConfig } from "vitest/config";

/** The tests that catch mistakes in the pure files: those that need no database and read no files of the project. */
const root = path.resolve(import.meta.dirname, "../..");

export default defineConfig({
  root,
  resolve: { alias: { "@": root } },
  test: {
    include: [
      "test/unit/{billing-periods,circuit-breaker,coupon-policy,expense-policy,experiments,money,open-lines}*.test.ts",
      "test/unit/{email-policy,order-status,payment-outcome,payment-waits,plan-shipment,price-change,refund-items}*.test.ts",
    ],
  },
});
