import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import { now } from "./clock";
import { authEnv } from "./env";
import { AppError } from "./errors";

const contentSchema = z.object({ payload: z.unknown(), expiresAt: z.number().optional() });

/**
 * A token for a link in an email, in characters that need no escaping: whoever has it can show that we wrote `payload` for
 * this `purpose`, and nobody can change it. It is not secret: do not sign what the reader may not know. The same payload
 * gives the same token, so that an email that is sent again is the same email. What may be used once only, its table has to
 * remember.
 */
export function signLink(purpose: string, payload: unknown, expiresAt?: Date): string {
  const content = Buffer.from(JSON.stringify({ payload, expiresAt: expiresAt?.getTime() })).toString("base64url");
  return `${content}.${signature(purpose, content).toString("base64url")}`;
}

/**
 * What was signed for this purpose, as it was given to `signLink` (a JSON value, for the caller to parse).
 * @throws AppError `link_invalid` (400) when it was not signed here for this purpose; `link_expired` (410).
 */
export function verifyLink(purpose: string, token: string): unknown {
  const [content = "", signed = "", ...more] = token.split(".");
  const expected = signature(purpose, content);
  const given = Buffer.from(signed, "base64url");
  // The text is compared too, in the one form we write: base64url has several for the same bytes.
  const wellFormed = more.length === 0 && given.length === expected.length && given.toString("base64url") === signed;
  if (!wellFormed || !timingSafeEqual(given, expected)) throw refused("link_invalid", 400, "is not a link of ours");
  const { payload, expiresAt } = contentSchema.parse(JSON.parse(Buffer.from(content, "base64url").toString()));
  if (expiresAt !== undefined && expiresAt <= now().getTime()) throw refused("link_expired", 410, "has expired");
  return payload;
}

/** A key for each purpose (RFC 5869), so that a link for one is worth nothing for another. */
function signature(purpose: string, content: string): Buffer {
  const key = hkdfSync("sha256", authEnv().AUTH_SECRET, "", `steadfast/link/${purpose}`, 32);
  return createHmac("sha256", Buffer.from(key)).update(content).digest();
}

function refused(code: string, status: number, message: string): AppError {
  return new AppError(code, status, `The link ${message}.`, { errors: [{ path: "token", message }] });
}
