import { afterAll, expect, test } from "vitest";
import { audit, shop, sql } from "../http/shop";
import { fuzz } from "./fuzz/fuzz";

afterAll(() => audit());

test("requests made from the schemas: no failure of ours, no internal text, and no row from a refused one", async () => {
  const { stripeWebhook, resendWebhook, auth, password } = shop;
  const secrets = [stripeWebhook, resendWebhook, auth, password];
  const report = await fuzz({ ...shop, sql, secrets }, { requests: 1_000, seed: 1 });
  expect(report.failures).toEqual([]);
  expect(report.requests).toBeGreaterThanOrEqual(1_000);
  expect(report.compared).toBeGreaterThan(2);
});
