import type { ImportType } from "@/prisma/generated/enums";
import { cleanName, namesOf } from "./columns";
import { broken } from "./import-error";
import { readParts } from "./parts";

export type Encoding = "utf-8" | "utf-16le" | "utf-16be" | "windows-1252";

/** How the bytes of a file become cells. */
export interface FileFormat {
  encoding: Encoding;
  delimiter: string;
}

const DELIMITERS = [",", ";", "\t", "|"];

/**
 * Detects the encoding and the delimiter of a file. It reads the whole file, because a first line of ASCII has no trace of its
 * encoding.
 * @throws ImportError `not_utf8` with the line, if the file has none of the encodings.
 */
export async function detectFormat(importId: string, type: ImportType): Promise<FileFormat> {
  const { value: start = Buffer.alloc(0) } = await readParts(importId).next();
  const encoding = await detectEncoding(importId, start);
  return { encoding, delimiter: detectDelimiter(decoderOf(encoding)(start), type) };
}

async function detectEncoding(importId: string, start: Buffer): Promise<Encoding> {
  const encoding = utf16Of(start) ?? "utf-8";
  const line = await findInvalidLine(importId, encoding);
  if (line === undefined) return encoding;
  if (encoding === "utf-8" && (await isWindows1252(importId))) return "windows-1252";
  const expected = encoding === "utf-8" ? "neither UTF-8 nor Windows-1252" : "not valid UTF-16";
  throw broken("not_utf8", `Line ${line} is ${expected}. Save the file as CSV in UTF-8.`, { line });
}

/** Recognizes UTF-16 by its byte order mark, or by the zeros in every second byte of ASCII text. */
function utf16Of(start: Buffer): Encoding | undefined {
  if (start[0] === 0xff && start[1] === 0xfe) return "utf-16le";
  if (start[0] === 0xfe && start[1] === 0xff) return "utf-16be";
  const sample = start.subarray(0, 4_096);
  const zeros = [0, 0];
  sample.forEach((byte, index) => {
    if (byte === 0) zeros[index % 2] = (zeros[index % 2] ?? 0) + 1;
  });
  const [even = 0, odd = 0] = zeros;
  const many = sample.length / 8;
  if (odd > many && odd > 4 * even) return "utf-16le";
  return even > many && even > 4 * odd ? "utf-16be" : undefined;
}

/** Returns the line of the first bytes that are invalid in an encoding. */
async function findInvalidLine(importId: string, encoding: Encoding): Promise<number | undefined> {
  const decoder = new TextDecoder(encoding, { fatal: true });
  let line = 1;
  for await (const part of readParts(importId)) {
    try {
      line += countBreaks(decoder.decode(part, { stream: true }));
    } catch {
      return line + countBreaks(new TextDecoder(encoding).decode(part).split("\uFFFD")[0] ?? "");
    }
  }
  try {
    decoder.decode();
    return undefined;
  } catch {
    return line;
  }
}

/** Counts the line breaks of a text. */
export const countBreaks = (text: string): number => text.match(/\r\n|\n|\r/g)?.length ?? 0;

/**
 * Returns whether a file that is not UTF-8 is Windows-1252, Excel's "CSV" in Western Europe. Bytes that it does not assign, and
 * longer rows of letters beyond ASCII than its languages have, belong to another encoding, whose text would become nonsense. A
 * file with more valid than invalid UTF-8 is damaged UTF-8.
 */
async function isWindows1252(importId: string): Promise<boolean> {
  const decoder = new TextDecoder("utf-8");
  let balance = 0;
  for await (const part of readParts(importId)) {
    if (/[\x81\x8d\x8f\x90\x9d]|[\x80-\xff]{9}/.test(part.toString("latin1"))) return false;
    const text = decoder.decode(part, { stream: true });
    balance += (text.match(/\uFFFD/g)?.length ?? 0) - (text.match(/[^\p{ASCII}\uFFFD]/gu)?.length ?? 0);
  }
  return balance > 0;
}

/** The characters of Windows-1252 that differ from Latin-1, from 0x80. (Some Node.js versions decode them as Latin-1.) */
const WINDOWS_1252 = "€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ";

/** Returns a function that decodes consecutive parts of a file. Byte order marks stay. */
export function decoderOf(encoding: Encoding): (part: Buffer) => string {
  if (encoding === "windows-1252")
    return (part) =>
      part.toString("latin1").replace(/[\x80-\x9f]/g, (char) => WINDOWS_1252[char.charCodeAt(0) - 0x80] ?? char);
  const decoder = new TextDecoder(encoding, { ignoreBOM: true });
  return (part) => decoder.decode(part, { stream: true });
}

/** Returns the delimiter by which most names of the header are known, or the most frequent one. Excel's `sep=;` has precedence. */
function detectDelimiter(start: string, type: ImportType): string {
  const lines = start.replace(/^\uFEFF/, "").split(/\r\n|\n|\r/);
  const header = lines.find((line) => line.trim() !== "") ?? "";
  const [, given] = /^"?sep=(.)"?$/i.exec(header) ?? [];
  if (given !== undefined && DELIMITERS.includes(given)) return given;
  const known = namesOf(type);
  const score = (delimiter: string) => {
    const names = header.split(delimiter);
    return 1_000 * names.filter((name) => known.includes(cleanName(name.replaceAll('"', "")))).length + names.length;
  };
  return DELIMITERS.reduce((best, delimiter) => (score(delimiter) > score(best) ? delimiter : best));
}
