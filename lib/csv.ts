import { stringify } from "csv-stringify/sync";

export type CsvValue = string | number | Date | null | undefined;

/**
 * Returns a line of CSV (RFC 4180), its line break included. Text that a spreadsheet would run as a formula gets an
 * apostrophe in front, which shows it as text (OWASP, "CSV Injection"). Numbers stay numbers; times are ISO 8601 UTC.
 */
export function csvLine(values: CsvValue[]): string {
  return stringify([values], {
    record_delimiter: "windows",
    // The library quotes a field for a whole CR LF only.
    quoted_match: /[\r\n]/,
    escape_formulas: true,
    cast: {
      date: (date) => date.toISOString(),
      number: (number) => ({ value: String(number), escape_formulas: false }),
    },
  });
}
