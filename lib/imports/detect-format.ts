import { broken } from "./import-error";

/** Tells by its first bytes what is certainly no CSV file, for the sake of a better report than "other columns". */
export function sniff(start: Buffer): void {
  const starts = (...bytes: number[]) => bytes.every((byte, index) => start[index] === byte);
  if (starts(0x1f, 0x8b)) throw broken("compressed", "The file is gzipped; it must be plain CSV.");
  if (starts(0x50, 0x4b, 0x03, 0x04))
    throw broken("compressed", "The file is a ZIP archive or a spreadsheet; it must be plain CSV.");
  if (starts(0xff, 0xfe) || starts(0xfe, 0xff))
    throw broken("not_utf8", "The file is encoded in UTF-16; it must be UTF-8.", { line: 1 });
  if (/^\s*<(!doctype|html|\?xml)/i.test(start.subarray(0, 200).toString("latin1")))
    throw broken("html_page", "The file is a web page, not CSV.");
}
