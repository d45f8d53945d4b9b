import { createHash, createHmac, timingSafeEqual } from "node:crypto";

const PREFIX = /^signkey-\w+-/;

/** `x-inngest-signature` for a body, which must be canonical JSON (server: httpdriver/util.go `Sign`). */
export function signature(key: string, body: string, now: number): string {
  const seconds = Math.floor(now / 1000);
  const mac = createHmac("sha256", key.replace(PREFIX, "")).update(body).update(String(seconds)).digest("hex");
  return `t=${seconds}&s=${mac}`;
}

/** What the SDK sends for its signing key: the prefix, then the SHA-256 of the hex-decoded rest. */
function hashedKey(key: string): string {
  const prefix = PREFIX.exec(key)?.[0] ?? "";
  const rest = Buffer.from(key.slice(prefix.length), "hex");
  return prefix + createHash("sha256").update(rest).digest("hex");
}

/** Whether an authorization header carries the hashed form of `key`. */
export function isAuthorized(header: string | undefined, key: string): boolean {
  const given = createHash("sha256")
    .update(header ?? "")
    .digest();
  const wanted = createHash("sha256")
    .update(`Bearer ${hashedKey(key)}`)
    .digest();
  return timingSafeEqual(given, wanted);
}
