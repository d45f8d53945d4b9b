import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { now } from "./clock";

const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"; // Crockford's base 32

const TAIL_LENGTH = 16;

/** Returns an opaque id such as `ord_01k9…`: 48 bits of time, then 80 random bits. So new rows are adjacent in an index. */
export const newId = (prefix: string): string => newIds(prefix, 1).join();

/** Returns `count` ids. Their random bytes are drawn at once, because a draw takes most of the time of a single id. */
export function newIds(prefix: string, count: number): string[] {
  let time = now().getTime();
  let head = "";
  for (let i = 0; i < 10; i++, time = Math.floor(time / 32)) head = ALPHABET.charAt(time % 32) + head;
  const random = randomBytes(count * TAIL_LENGTH);
  return Array.from({ length: count }, (_, index) => {
    const bytes = random.subarray(index * TAIL_LENGTH, (index + 1) * TAIL_LENGTH);
    return `${prefix}_${head}${Array.from(bytes, (byte) => ALPHABET.charAt(byte % 32)).join("")}`;
  });
}

/** Returns a secret of 192 bits for use in a URL. */
export function newToken(): string {
  return randomBytes(24).toString("base64url");
}

/** Compares two secrets in constant time. */
export function sameSecret(a: string, b: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

/** Returns the SHA-256 of a JSON value as hex. The order of object keys does not matter. */
export function fingerprint(value: unknown): string {
  return createHash("sha256")
    .update(JSON.stringify(sorted(value)))
    .digest("hex");
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}
