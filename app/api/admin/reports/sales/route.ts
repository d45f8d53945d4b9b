import { endpoint, methodNotAllowed } from "@/app/endpoint";
import { csvResponse } from "@/app/http";
import { readSalesReport, salesReportCsv, salesReportQuerySchema, salesReportSchema } from "@/lib/reports/sales-report";

export const GET = endpoint({
  summary: "Returns the sales of a range of days in the store's time zone, as JSON or CSV with decimal amounts",
  role: "manager",
  scope: "reports:read",
  query: salesReportQuerySchema,
  responses: { 200: { description: "The report", schema: salesReportSchema, mediaType: "text/csv" } },
  handler: async ({ query: { from, to, format, ...csv } }) => {
    const report = await readSalesReport({ from, to });
    if (format === "json") return report;
    return csvResponse(salesReportCsv(report, csv), `sales-${from}-to-${to}.csv`);
  },
});
export const { POST, PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ GET });
