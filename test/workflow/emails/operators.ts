import { broadcastEmail } from "@/lib/broadcasts/broadcast-email";
import { healthRecovered, operatorAlert } from "@/lib/health/health-emails";
import { type ImportOutcome, importEndedEmail } from "@/lib/imports/import-email";
import { dailyReportEmail } from "@/lib/reports/report-email";
import { type Samples, THINGS } from "./sample";

const at = (iso: string) => new Date(iso);

const GOOD_DAY = {
  ...{ date: "2026-03-02", timeZone: "Europe/Berlin", from: "2026-03-01T23:00:00Z", until: "2026-03-02T23:00:00Z" },
  orders: { placed: 1, confirmed: 1, failed: 0, cancelled: 0 },
  totals: ["EUR", "JPY"].map((currency) => ({
    revenue: { amount: 123_456_789, currency },
    refunds: { amount: 12_300, currency },
    net: { amount: 123_444_489, currency },
  })),
  bestSellers: THINGS.map(({ name, quantity, total }, index) => ({
    ...{ productId: `prod_${index}`, sku: `SKU-${index}`, name, units: quantity, revenue: total },
  })),
  runningOut: [
    { productId: "prod_1", sku: "SKU-1", name: "Desk lamp", available: 0, soldInWeek: 3 },
    { productId: "prod_2", sku: "SKU-2", name: "Rucksack, 18 l", available: 1, soldInWeek: 3 },
  ],
};
const NOTHING = { orders: { placed: 0, confirmed: 0, failed: 0, cancelled: 0 }, totals: [], bestSellers: [] };

const IMPORT: Omit<ImportOutcome, "status"> = {
  ...{ id: "imp_1", type: "products", url: "https://files.example/products.csv?key=secret", fileName: null },
  ...{ created: 1_500, updated: 0, unchanged: 3, bad: 12, problem: null, errors: [] },
};

const intentId = "pi_3RxYzAbCdEfGhIjKlMnOpQrSt";

/** Samples of the emails to operators. */
export function operatorSamples(name: string) {
  return {
    daily_report: [
      {
        about: "a good day",
        compose: () => dailyReportEmail(GOOD_DAY),
        says: ["1 order placed", "€1,234,567.89", "¥123,444,489", "SKU-2", "1 left", "sold out", "/console/reports"],
      },
      {
        about: "nothing",
        compose: () => dailyReportEmail({ ...GOOD_DAY, ...NOTHING, runningOut: [] }),
        says: ["0 orders placed", "Nothing was sold.", "Nothing is running out."],
      },
    ],
    broadcast_test: [
      {
        about: "",
        compose: () =>
          broadcastEmail({ title: `[Test] News for ${name}`, message: "Something happened.", isTest: true }),
        says: ["[Test]", "Something happened."],
      },
    ],
    alert: [
      {
        about: "money",
        compose: () =>
          operatorAlert({
            subject: `Stripe has a payment without an order: ${intentId}`,
            detail: {
              intentId,
              captured: 11_900,
              currency: "eur",
              by: name,
              stack: `Error: no\n    at ${name} (a.ts:1)`,
            },
          }),
        says: [intentId, "€119.00", "Captured", "/console"],
      },
      {
        about: "health",
        compose: () =>
          operatorAlert({ subject: "Health: outbox is failing", detail: { check: "outbox", runs: [1, 2] } }),
        says: ["Health: outbox is failing", "[1,2]", "/console"],
      },
    ],
    alert_over: [
      {
        about: "over",
        compose: () => healthRecovered("outbox", at("2026-03-02T10:05:00Z"), at("2026-03-02T11:00:00Z")),
        says: ["outbox is well again", "2 March 2026, 10:05 UTC", "2 March 2026, 11:00 UTC"],
      },
    ],
    import_ended: [
      {
        about: "done",
        compose: () => importEndedEmail({ ...IMPORT, type: "stock", status: "done", bad: 0, errors: [] }),
        says: ["Import of stock: done", "1,500", "files.example/products.csv", "/console/imports/imp_1"],
      },
      {
        about: "with bad rows",
        compose: () =>
          importEndedEmail({ ...IMPORT, status: "done", errors: [{ line: 4, column: "price", message: name }] }),
        says: ["done, but for 12 rows", "Line 4, price: ", "Rejected"],
      },
      {
        about: "failed",
        compose: () => importEndedEmail({ ...IMPORT, status: "failed", problem: "The file is a web page." }),
        says: ["it failed", "The file is a web page."],
      },
      {
        about: "waiting",
        compose: () => importEndedEmail({ ...IMPORT, status: "manual", problem: "It has taken too long." }),
        says: ["it waits for you", "It has taken too long.", "/console/manual-queue"],
      },
    ],
  } satisfies Samples<"daily_report" | "alert" | "alert_over" | "import_ended" | "broadcast_test">;
}
