import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import { now } from "./clock";
import { authEnv } from "./env";
import { AppError } from "./errors";

const contentSchema = z.object({ payload: z.unknown(), expiresAt: z.number().optional() });

/**
 * Returns a URL-safe token for a link in an email. It proves that we signed `payload` for this `purpose`. It is signed, not
 * encrypted: the reader can see the payload. The same payload gives the same token, so an email that is sent again is the same
 * email. A token can be used many times; a single use needs a table.
 */
export function signLink(purpose: string, payload: unknown, expiresAt?: Date): string {
  const content = Buffer.from(JSON.stringify({ payload, expiresAt: expiresAt?.getTime() })).toString("base64url");
  return `${content}.${signature(purpose, content).toString("base64url")}`;
}

/**
 * Returns the signed payload: a JSON value for the caller to parse.
 * @throws AppError `link_invalid` (400) if it was not signed here for this purpose; `link_expired` (410)
 */
export function verifyLink(purpose: string, token: string): unknown {
  const [content = "", signed = "", ...more] = token.split(".");
  const expected = signature(purpose, content);
  const given = Buffer.from(signed, "base64url");
  // base64url has several texts for the same bytes. Only the text that we produce is accepted.
  const wellFormed = more.length === 0 && given.length === expected.length && given.toString("base64url") === signed;
  if (!wellFormed || !timingSafeEqual(given, expected)) throw refused("link_invalid", 400, "is not a link of ours");
  const { payload, expiresAt } = contentSchema.parse(JSON.parse(Buffer.from(content, "base64url").toString()));
  if (expiresAt !== undefined && expiresAt <= now().getTime()) throw refused("link_expired", 410, "has expired");
  return payload;
}

const keys = new Map<string, Buffer>();

/** Returns the key of a purpose (RFC 5869). A link for one purpose is invalid for another. */
function keyOf(purpose: string): Buffer {
  const known = keys.get(purpose);
  if (known) return known;
  const key = Buffer.from(hkdfSync("sha256", authEnv().AUTH_SECRET, "", `steadfast/link/${purpose}`, 32));
  keys.set(purpose, key);
  return key;
}

const signature = (purpose: string, content: string): Buffer =>
  createHmac("sha256", keyOf(purpose)).update(content).digest();

function refused(code: string, status: number, message: string): AppError {
  return new AppError(code, status, `The link ${message}.`, { errors: [{ path: "token", message }] });
}
