export type CsvValue = string | number | Date | null | undefined;

/** What a spreadsheet takes for the beginning of a formula (OWASP, "CSV Injection"); tab and line breaks hide one. */
const FORMULA = /^[=+\-@\t\r\n]/;

/**
 * A line of CSV (RFC 4180), its line break included. Text that a spreadsheet would run as a formula gets an apostrophe before
 * it, which shows it as text; numbers are numbers.
 */
export function csvLine(values: CsvValue[]): string {
  return `${values.map(field).join(",")}\r\n`;
}

function field(value: CsvValue): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return String(value);
  if (value instanceof Date) return value.toISOString();
  const safe = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
