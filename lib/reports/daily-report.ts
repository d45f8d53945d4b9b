import { z } from "zod";
import { now } from "../clock";
import { db } from "../db";
import { sendEmail } from "../email/send-email";
import { emailEnv, storeEnv } from "../env";
import { invalid } from "../errors";
import type { Money } from "../money";
import { type DailyReport, readSales } from "./read-sales";
import { reportCsv } from "./report-csv";
import { dailyReportEmail } from "./report-email";
import { addDays, dateIn, dayIn } from "./store-day";

/** Days that a run makes up for when there were none: a week's outage costs no report. */
const CATCH_UP = 7;

/** The days of the store's calendar that are over and have no report yet, oldest first; at most a week back. */
export async function daysDue(): Promise<string[]> {
  const today = dateIn(storeEnv().STORE_TIME_ZONE, now());
  const days = Array.from({ length: CATCH_UP }, (_, index) => addDays(today, index - CATCH_UP));
  const made = await db().$queryRaw<{ date: string }[]>`
    SELECT to_char(date, 'YYYY-MM-DD') AS date FROM daily_reports WHERE date = ANY(${days}::date[])`;
  const [first] = await db().$queryRaw<
    { date: Date | null }[]
  >`SELECT least((SELECT min(created_at) FROM orders), (SELECT min("from") FROM daily_reports)) AS date`;
  // A shop that has just opened has no days before it to report, but yesterday.
  const opened = first?.date ? dateIn(storeEnv().STORE_TIME_ZONE, first.date) : addDays(today, -1);
  return days.filter((day) => (day >= opened || day === days.at(-1)) && !made.some(({ date }) => date === day));
}

/** Makes and keeps the report of a day that is over. A second call finds it made. */
export async function makeReport(date: string): Promise<void> {
  const day = dayIn(storeEnv().STORE_TIME_ZONE, date);
  const report = await readSales(day);
  await db().$executeRaw`
    INSERT INTO daily_reports (date, time_zone, "from", until, report, csv, created_at)
    VALUES (${date}::date, ${day.zone}, ${day.from}, ${day.until}, ${JSON.stringify(report)}::jsonb, ${reportCsv(report)}, ${now()})
    ON CONFLICT (date) DO NOTHING`;
}

interface Kept {
  report: DailyReport;
  csv: string;
}

/** Emails a report that is kept to the operators, once, with its table. */
export async function emailReport(date: string): Promise<string | null> {
  const kept = await findReport(date);
  if (!kept) return null;
  const attachments = [{ filename: `daily-report-${date}.csv`, content: kept.csv }];
  return sendEmail({ kind: "daily_report", entityId: date, to: emailEnv().MAIL_OPERATORS }, () => ({
    ...dailyReportEmail(kept.report),
    attachments,
  }));
}

export const reportQuerySchema = z.strictObject({
  /** In the store's time zone; yesterday unless given. */
  date: z.iso.date("must be a date such as 2026-01-31").optional(),
  format: z.enum(["json", "csv"]).default("json"),
});

/**
 * The report of a day: as it was kept, or the figures so far where none is.
 * @throws AppError `validation_failed` (422) for a day that has not begun
 */
export async function viewReport(date?: string): Promise<Kept & { final: boolean }> {
  const zone = storeEnv().STORE_TIME_ZONE;
  const today = dateIn(zone, now());
  const wanted = date ?? addDays(today, -1);
  if (wanted > today || wanted < "2000-01-01")
    throw invalid("There is no report of that day.", [{ path: "date", message: `must be a day up to ${today}` }]);
  const kept = await findReport(wanted);
  if (kept) return { ...kept, final: true };
  const report = await readSales(dayIn(zone, wanted));
  return { report, csv: reportCsv(report), final: false };
}

async function findReport(date: string): Promise<Kept | undefined> {
  const [kept] = await db().$queryRaw<Kept[]>`SELECT report, csv FROM daily_reports WHERE date = ${date}::date`;
  return kept;
}

/** What the last `count` kept reports say of the money, oldest first; of their largest currency where there are several. */
export async function listReports(count: number): Promise<{ day: string; net: Money }[]> {
  const rows = await db().$queryRaw<{ date: string; totals: DailyReport["totals"] }[]>`
    SELECT to_char(date, 'YYYY-MM-DD') AS date, report->'totals' AS totals FROM daily_reports ORDER BY date DESC LIMIT ${count}`;
  const currency =
    rows.flatMap(({ totals }) => totals).toSorted((a, b) => b.net.amount - a.net.amount)[0]?.net.currency ?? "EUR";
  return rows.reverse().map(({ date, totals }) => ({
    day: date,
    net: totals.find(({ net }) => net.currency === currency)?.net ?? { amount: 0, currency },
  }));
}
