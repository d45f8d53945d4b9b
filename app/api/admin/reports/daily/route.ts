import { z } from "zod";
import { money, time } from "@/app/api-schemas";
import { endpoint, methodNotAllowed } from "@/app/endpoint";
import { reportQuerySchema, viewReport } from "@/lib/reports/daily-report";
import type { DailyReport } from "@/lib/reports/read-sales";
import { reportCsv } from "@/lib/reports/report-csv";

const product = { productId: z.string(), sku: z.string(), name: z.string() };
const report = z.strictObject({
  ...{ date: z.iso.date(), timeZone: z.string(), from: time, until: time },
  final: z.boolean().describe("Whether the day has ended and the report is stored."),
  orders: z.strictObject({ placed: z.int(), confirmed: z.int(), failed: z.int(), cancelled: z.int() }),
  totals: z.array(z.strictObject({ revenue: money, refunds: money, net: money })),
  bestSellers: z.array(z.strictObject({ ...product, units: z.int(), revenue: money })),
  runningOut: z.array(z.strictObject({ ...product, available: z.int(), soldInWeek: z.int() })),
}) satisfies z.ZodType<DailyReport & { final: boolean }>;

export const GET = endpoint({
  summary: "Returns the sales of a day in the store's time zone, as JSON or CSV",
  role: "manager",
  query: reportQuerySchema,
  responses: { 200: { description: "The report", schema: report, mediaType: "text/csv" } },
  handler: async ({ query: { date, format, ...csv } }) => {
    const { report, final } = await viewReport(date);
    if (format === "json") return { ...report, final };
    return new Response(reportCsv(report, csv), {
      headers: {
        "content-type": "text/csv; charset=utf-8",
        "content-disposition": `attachment; filename="daily-report-${report.date}.csv"`,
        "cache-control": "no-store",
      },
    });
  },
});
export const { POST, PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ GET });
