import { afterEach, expect, test } from "vitest";
import { audit, openShop } from "./shop";

const shop = openShop();
afterEach(audit);

test("a paid order is confirmed, its stock is sold and its customer told once", async () => {
  const product = await shop.product(3);
  const placed = await shop.checkout(product);
  await shop.settle();
  expect(await shop.order(placed)).toMatchObject({ status: "confirmed" });
  expect(await shop.stock(product)).toEqual({ available: 2, reserved: 0, sold: 1 });
  expect(await shop.money(placed.id)).toEqual({ kept: 2500, succeeded: 1, refunds: 0, open: 0 });
  expect(await shop.mails(placed.email)).toHaveLength(0);
  await shop.clock.advance(11_000);
  const mails = await shop.mails(placed.email);
  expect(mails.map((mail) => mail.subject)).toEqual([expect.stringContaining("is confirmed")]);
});
