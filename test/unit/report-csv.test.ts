import { expect, test } from "vitest";
import { overdueHeartbeats } from "@/lib/heartbeats";
import { reportCsv } from "@/lib/reports/read-sales";

const day = { date: "2026-01-05", timeZone: "UTC", from: "", until: "" };
const none = { placed: 0, confirmed: 0, failed: 0, cancelled: 0 };

test("a report as a table: a row for each figure, names that no spreadsheet runs", () => {
  const amount = (value: number) => ({ amount: value, currency: "JPY" });
  const csv = reportCsv({
    ...day,
    orders: { ...none, placed: 2 },
    totals: [{ revenue: amount(500), refunds: amount(700), net: amount(-200) }],
    bestSellers: [{ productId: "p", sku: "+1", name: '@SUM(A1)"', units: 3, revenue: amount(500) }],
    runningOut: [],
  });
  expect(csv.split("\r\n")).toEqual([
    "date,section,item,name,quantity,amount_minor_units,currency",
    "2026-01-05,orders,placed,,2,,",
    "2026-01-05,orders,confirmed,,0,,",
    "2026-01-05,orders,failed,,0,,",
    "2026-01-05,orders,cancelled,,0,,",
    "2026-01-05,totals,revenue,,,500,JPY",
    "2026-01-05,totals,refunds,,,700,JPY",
    "2026-01-05,totals,net,,,-200,JPY",
    `2026-01-05,best_sellers,'+1,"'@SUM(A1)""",3,500,JPY`,
    "",
  ]);
});

test("a cron is overdue once it has missed two runs", () => {
  const at = new Date("2026-01-05T12:00:00Z");
  const heartbeat = (minutes: number) => ({
    name: "c",
    runId: null,
    at: new Date(at.getTime() - minutes * 60_000),
    intervalMs: 3_600_000,
  });
  expect([59, 119, 130, 131].map((minutes) => overdueHeartbeats([heartbeat(minutes)], at).length)).toEqual([
    0, 0, 0, 1,
  ]);
});
