import { expect, test } from "vitest";
import { csvLine } from "@/lib/csv";

test.each([
  ["plain", "plain"],
  ["", ""],
  [null, ""],
  [1250, "1250"],
  [-5, "-5"],
  [new Date(0), "1970-01-01T00:00:00.000Z"],
  ["a,b", '"a,b"'],
  ['19" rack', '"19"" rack"'],
  ["two\nlines", '"two\nlines"'],
  ["=1+1", "'=1+1"],
  ["+49 30 1", "'+49 30 1"],
  ["-5", "'-5"],
  ["@SUM(A1)", "'@SUM(A1)"],
  ["\t=1", "'\t=1"],
  ["\r=1", `"'\r=1"`],
  ['=HYPERLINK("http://evil.example","x")', `"'=HYPERLINK(""http://evil.example"",""x"")"`],
])("%j becomes %j", (value, field) => expect(csvLine([value])).toBe(`${field}\r\n`));

test("fields are parted by commas and lines end in CR LF", () => expect(csvLine(["a", 1, null])).toBe("a,1,\r\n"));
