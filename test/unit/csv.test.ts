import fc from "fast-check";
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
  ["\t=1", `"'\t'=1"`],
  ["\r=1", `"'\r'=1"`],
  ["\n=1", `"'\n'=1"`],
  [" =1+1", "' =1+1"],
  ["\u200b=1+1", "'\u200b=1+1"],
  ["\uff1d1+1", "'\uff1d1+1"],
  ["\uff0b1", "'\uff0b1"],
  ["\uff0d1", "'\uff0d1"],
  ["\uff20SUM(A1)", "'\uff20SUM(A1)"],
  ["\ufe661", "'\ufe661"],
  ["x;=1+1;", `"x;'=1+1;"`],
  ["x,=1+1", `"x,'=1+1"`],
  ["x\t=1+1", `"x\t'=1+1"`],
  ["x|@A1", `"x|'@A1"`],
  ["x\n=1+1", `"x\n'=1+1"`],
  ["x\r\n+1", `"x\r\n'+1"`],
  ["x; \uff1d1", `"x;' \uff1d1"`],
  ['x;"=1+1"', `"x;'""=1+1"""`],
  ["a = b; c", `"a = b; c"`],
  ["Smith-Jones", "Smith-Jones"],
  ['=HYPERLINK("http://evil.example","x")', `"'=HYPERLINK(""http://evil.example"",""x"")"`],
])("%j becomes %j", (value, field) => expect(csvLine([value])).toBe(`${field}\r\n`));

test("fields are parted by commas and lines end in CR LF", () => expect(csvLine(["a", 1, null])).toBe("a,1,\r\n"));

test("the separator can be a semicolon or a tab", () => {
  expect(csvLine(["a,b", 1, "x;y"], { separator: "semicolon" })).toBe(`"a,b";1;"x;y"\r\n`);
  expect(csvLine(["a", 1, null], { separator: "tab" })).toBe("a\t1\t\r\n");
});

test("no cell is a formula, by whichever separator the file is read", () => {
  const separators = [",", ";", "\t", "|"];
  const signs = ["=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\t", "\r", "\n"];
  const part = fc.constantFrom(...separators, ...signs, '"', "'", " ", "x", "1");
  const text = fc.array(part, { maxLength: 8 }).map((parts) => parts.join(""));
  fc.assert(
    fc.property(fc.array(text, { minLength: 1, maxLength: 3 }), (values) => {
      const line = csvLine(values);
      for (const separator of separators)
        for (const cell of line.split(new RegExp(`[${separator}\\r\\n]`)))
          expect(cell).not.toMatch(/^[\s"]*[=+\-@\uff1d\uff0b\uff0d\uff20]/u);
    }),
    { numRuns: 2_000 },
  );
});
