import { createHmac, randomBytes } from "node:crypto";

/**
 * Signatures as Standard Webhooks has them (standardwebhooks.com): HMAC-SHA256 over `id.timestamp.body`, so that the
 * receiver knows who sent it, when, and that nobody changed it; the id stays the same when it is sent again. One signature
 * for each secret, parted by spaces: a receiver takes it when any fits, so that a secret can be changed without a gap.
 */
export function signedHeaders(secrets: string[], id: string, body: string, at: Date): Record<string, string> {
  const timestamp = Math.floor(at.getTime() / 1_000);
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
    return `v1,${createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64")}`;
  });
  return { "webhook-id": id, "webhook-timestamp": String(timestamp), "webhook-signature": signatures.join(" ") };
}

/** A secret of 256 bits; the specification asks for 192 to 512. */
export function newSigningSecret(): string {
  return `whsec_${randomBytes(32).toString("base64")}`;
}
