import { stringify } from "csv-stringify/sync";
import { z } from "zod";

export type CsvValue = string | number | Date | null | undefined;

const SEPARATORS = { comma: ",", semicolon: ";", tab: "\t" };

/** The part of an export's query that says how its file is written. */
export const csvFormat = {
  bom: z
    .stringbool()
    .default(false)
    .describe("Whether the file starts with a byte order mark, by which Excel knows UTF-8."),
  separator: z
    .enum(["comma", "semicolon", "tab"])
    .default("comma")
    .describe("Excel expects a semicolon where the decimal separator is a comma."),
};

export interface CsvFormat {
  bom?: boolean;
  separator?: keyof typeof SEPARATORS;
}

/** Returns what a file starts with: the byte order mark, or nothing. */
export const csvStart = ({ bom }: CsvFormat): string => (bom ? "\uFEFF" : "");

/**
 * The places in a text that a spreadsheet would run as a formula (OWASP, "CSV Injection"): before `=`, `+`, `-` or `@`, also as
 * full-width, small or raised characters, and before a leading tab or line break. A file may be opened with another separator
 * than its own. So a cell can begin after each separator and line break, also with spaces or quotes before the formula.
 */
const FORMULA =
  /^(?=[\t\r\n])|(?<=^|[,;|\t\r\n])(?=(?:(?![\t\r\n])[\s\p{Cf}"'])*[=+\-@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b\u207a-\u207c\u208a-\u208c\u2212])/gu;

/**
 * Returns a line of CSV (RFC 4180), its line break included. Text that a spreadsheet would run as a formula gets an
 * apostrophe in front, which shows it as text. Numbers stay numbers; times are ISO 8601 UTC.
 */
export function csvLine(values: CsvValue[], { separator = "comma" }: CsvFormat = {}): string {
  return stringify([values.map((value) => (typeof value === "string" ? value.replace(FORMULA, "'") : value))], {
    delimiter: SEPARATORS[separator],
    record_delimiter: "windows",
    // Text with any separator is quoted, for readers that guess the separator.
    quoted_match: /[,;|\t\r\n]/,
    cast: { date: (date) => date.toISOString(), number: String },
  });
}
