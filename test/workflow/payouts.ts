import { expect } from "vitest";
import type { Expenses } from "./expenses";
import { HOUR, MINUTE, type Shop } from "./shop";

/** What the tests of payouts share: an expense on its way to being paid, and what becomes of it. */
export interface Payouts {
  /** An expense that a manager has just approved; nothing has run since. */
  approved(): Promise<string>;
  expectPaidOnce(id: string): Promise<void>;
  alerts(kind: string): Promise<number>;
  /** The database refuses to book it, whenever it is asked: fulfilment fails for good. */
  refuseToBook(id: string): Promise<void>;
}

export function payouts(shop: Shop, office: () => Expenses): Payouts {
  return {
    async approved() {
      const id = await office().submit(office().submitter);
      await shop.settle();
      expect((await office().decide(office().manager, id, true)).status).toBe(200);
      return id;
    },
    async expectPaidOnce(id) {
      await shop.clock.runUntil(async () => (await office().read(id)).status === "paid", 48 * HOUR);
      await shop.clock.advance(40 * MINUTE);
      expect(await office().sent(id)).toEqual({ transfers: 1, kept: 4_200 });
      expect(await office().read(id)).toMatchObject({ status: "paid", payout: { status: "paid" } });
    },
    alerts: async (kind) => (await shop.sql("SELECT id FROM alerts WHERE kind = $1", [kind])).length,
    async refuseToBook(id) {
      await shop.sql(`CREATE FUNCTION refuse_${id}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'the books are closed'; END $$`);
      await shop.sql(`CREATE TRIGGER refuse_${id} BEFORE UPDATE ON expenses FOR EACH ROW
        WHEN (NEW.id = '${id}' AND NEW.status = 'paid') EXECUTE FUNCTION refuse_${id}()`);
    },
  };
}
