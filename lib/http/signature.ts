import { createHmac, randomBytes } from "node:crypto";

/**
 * Returns the signature headers of Standard Webhooks (standardwebhooks.com): HMAC-SHA256 over `id.timestamp.body`. They prove
 * sender, time and content; a retry has the same id. There is one signature for each secret, separated by spaces. A receiver
 * accepts the message if any signature matches, so secrets can be rotated without a gap.
 */
export function signedHeaders(secrets: string[], id: string, body: string, at: Date): Record<string, string> {
  const timestamp = Math.floor(at.getTime() / 1_000);
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
    return `v1,${createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64")}`;
  });
  return { "webhook-id": id, "webhook-timestamp": String(timestamp), "webhook-signature": signatures.join(" ") };
}

/** Returns a new secret of 256 bits; the specification requires 192 to 512. */
export function newSigningSecret(): string {
  return `whsec_${randomBytes(32).toString("base64")}`;
}
