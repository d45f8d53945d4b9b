import { z } from "zod";
import { endpoint, methodNotAllowed } from "@/app/endpoint";
import { csvResponse } from "@/app/http";
import { reportQuerySchema, viewReport } from "@/lib/reports/daily-report";
import { dailyReportSchema, reportCsv } from "@/lib/reports/read-sales";

const report = dailyReportSchema.extend({
  final: z.boolean().describe("Whether the day has ended and the report is stored."),
});

export const GET = endpoint({
  summary: "Returns the sales of a day in the store's time zone, as JSON or CSV",
  role: "manager",
  scope: "reports:read",
  query: reportQuerySchema,
  responses: { 200: { description: "The report", schema: report, mediaType: "text/csv" } },
  handler: async ({ query: { date, format, ...csv } }) => {
    const { report, final } = await viewReport(date);
    if (format === "json") return { ...report, final };
    return csvResponse(reportCsv(report, csv), `daily-report-${report.date}.csv`);
  },
});
export const { POST, PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ GET });
