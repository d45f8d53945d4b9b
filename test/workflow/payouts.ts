import { expect } from "vitest";
import type { Expenses } from "./expenses";
import { HOUR, MINUTE, type Shop } from "./shop";

/** The helpers of the payout tests. */
export interface Payouts {
  /** Returns an expense that a manager has just approved; no run has continued since. */
  approved(): Promise<string>;
  expectPaidOnce(id: string): Promise<void>;
  alerts(kind: string): Promise<number>;
  /** Makes the database refuse to mark the expense as paid, so settlement always fails. */
  refuseSettlement(id: string): Promise<void>;
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
      expect(await office().sent(id)).toEqual({ transfers: 1, collected: 4_200 });
      expect(await office().read(id)).toMatchObject({ status: "paid", payout: { status: "paid" } });
    },
    alerts: async (kind) => (await shop.sql("SELECT id FROM alerts WHERE kind = $1", [kind])).length,
    async refuseSettlement(id) {
      await shop.sql(`CREATE FUNCTION refuse_${id}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'settlement refused'; END $$`);
      await shop.sql(`CREATE TRIGGER refuse_${id} BEFORE UPDATE ON expenses FOR EACH ROW
        WHEN (NEW.id = '${id}' AND NEW.status = 'paid') EXECUTE FUNCTION refuse_${id}()`);
    },
  };
}
