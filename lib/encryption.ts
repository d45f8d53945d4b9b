import { encryptionMiddleware } from "@inngest/middleware-encryption";
import type { Middleware } from "inngest";
import { encryptionEnv } from "./env";

/**
 * Returns the middleware of a client that encrypts, if a key is set, the field `encrypted` of events, and the results of steps and
 * runs. It decrypts with both keys, also what a storefront has encrypted with one of them.
 */
export function encryption(): Middleware.Class[] {
  const env = encryptionEnv();
  if (!env) return [];
  const { INNGEST_ENCRYPTION_KEY: key, INNGEST_ENCRYPTION_KEY_FALLBACK: fallback } = env;
  return [encryptionMiddleware({ key, fallbackDecryptionKeys: fallback ? [fallback] : [] })];
}

/** Returns the field `encrypted` of an event with personal data, or nothing: without a key the data does not leave the database. */
export const encrypted = <T extends object>(data: T): { encrypted?: T } => (encryptionEnv() ? { encrypted: data } : {});
