import { allowOnly, json, readQuery, route } from "@/app/http";
import { requireRole } from "@/lib/auth/viewer";
import { reportQuerySchema, viewReport } from "@/lib/reports/daily-report";

export const GET = route(async (request) => {
  await requireRole(request.headers, "manager");
  const { date, format } = readQuery(request, reportQuerySchema);
  const { report, csv, final } = await viewReport(date);
  if (format === "json") return json({ ...report, final });
  return new Response(csv, {
    headers: {
      "content-type": "text/csv; charset=utf-8",
      "content-disposition": `attachment; filename="daily-report-${report.date}.csv"`,
      "cache-control": "no-store",
    },
  });
});

export const { POST, PUT, PATCH, DELETE, OPTIONS } = allowOnly("GET");
