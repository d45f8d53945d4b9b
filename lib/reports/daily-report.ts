import { z } from "zod";
import { now } from "../clock";
import { csvFormat } from "../csv";
import { db } from "../db";
import { sendEmail } from "../email/send-email";
import { emailEnv, storeEnv } from "../env";
import { invalid } from "../errors";
import { dateInputSchema } from "../time-schema";
import { type DailyReport, readSales, reportCsv } from "./read-sales";
import { dailyReportEmail } from "./report-email";
import { addDays, dateIn, dayIn } from "./store-day";

/** A week's outage costs no report. */
const MAX_DAYS_BACK = 7;

const toDate = (date: string) => new Date(`${date}T00:00:00Z`);
const toText = (date: Date) => date.toISOString().slice(0, 10);

/** Returns the past days of the store's calendar without a report or its email, oldest first; at most a week back. */
export async function daysDue(): Promise<string[]> {
  const zone = storeEnv().STORE_TIME_ZONE;
  const today = dateIn(zone, now());
  const days = Array.from({ length: MAX_DAYS_BACK }, (_, index) => addDays(today, index - MAX_DAYS_BACK));
  const [stored, emailed, order, report] = await Promise.all([
    db().dailyReport.findMany({ where: { date: { in: days.map(toDate) } }, select: { date: true } }),
    db().email.findMany({ where: { kind: "daily_report", entityId: { in: days } }, select: { entityId: true } }),
    // Prisma's minimum reads the whole table.
    db().order.findFirst({ orderBy: { createdAt: "asc" }, select: { createdAt: true } }),
    db().dailyReport.aggregate({ _min: { from: true } }),
  ]);
  // A new shop reports no day before it opened, except yesterday.
  const starts = [order?.createdAt, report._min.from].filter((start) => start instanceof Date);
  const [opened = today] = starts.map((start) => dateIn(zone, start)).sort();
  const known = new Set(stored.map(({ date }) => toText(date)));
  const sent = new Set(emailed.map(({ entityId }) => entityId));
  return days.filter((day) => (day >= opened || day === days.at(-1)) && !(known.has(day) && sent.has(day)));
}

/** Creates and stores the report of a past day. Safe to repeat. */
export async function makeReport(date: string): Promise<void> {
  const day = dayIn(storeEnv().STORE_TIME_ZONE, date);
  const report = await readSales(day);
  const { zone: timeZone, from, until } = day;
  await db().dailyReport.createMany({
    data: {
      date: toDate(date),
      timeZone,
      from,
      until,
      report,
      csv: reportCsv(report, { bom: true }),
      createdAt: now(),
    },
    skipDuplicates: true,
  });
}

interface StoredReport {
  report: DailyReport;
  csv: string;
}

/** Emails a stored report to the operators, once, with its table. */
export async function emailReport(date: string): Promise<string | null> {
  const stored = await findReport(date);
  if (!stored) return null;
  const attachments = [{ filename: `daily-report-${date}.csv`, content: stored.csv }];
  return sendEmail({ kind: "daily_report", entityId: date, to: emailEnv().MAIL_OPERATORS }, () => ({
    ...dailyReportEmail(stored.report),
    attachments,
  }));
}

export const reportQuerySchema = z.strictObject({
  /** In the store's time zone; yesterday unless given. */
  date: dateInputSchema.optional(),
  format: z.enum(["json", "csv"]).default("json"),
  ...csvFormat,
});

/** Returns a day's stored report (`final`) or the figures so far. @throws AppError `validation_failed` (422) */
export async function viewReport(date?: string): Promise<{ report: DailyReport; final: boolean }> {
  const zone = storeEnv().STORE_TIME_ZONE;
  const today = dateIn(zone, now());
  const wanted = date ?? addDays(today, -1);
  if (wanted > today || wanted < "2000-01-01")
    throw invalid("There is no report of that day.", [{ path: "date", message: `must be a day up to ${today}` }]);
  const stored = await findReport(wanted);
  if (stored) return { report: stored.report, final: true };
  return { report: await readSales(dayIn(zone, wanted)), final: false };
}

async function findReport(date: string): Promise<StoredReport | undefined> {
  const [stored] = await db().$queryRaw<
    StoredReport[]
  >`SELECT report, csv FROM daily_reports WHERE date = ${date}::date`;
  return stored;
}
