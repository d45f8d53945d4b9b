import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { Reply, Routes } from "../shared/http";

const PREFIX = /^signkey-\w+-/;

/** `x-inngest-signature` for a body, which must be canonical JSON (server: httpdriver/util.go `Sign`). */
export function signature(key: string, body: string, now: number): string {
  const seconds = Math.floor(now / 1000);
  const mac = createHmac("sha256", key.replace(PREFIX, "")).update(body).update(String(seconds)).digest("hex");
  return `t=${seconds}&s=${mac}`;
}

/** The form in which the SDK sends its signing key: the prefix, then the SHA-256 of the hex-decoded rest. */
function hashedKey(key: string): string {
  const prefix = PREFIX.exec(key)?.[0] ?? "";
  const rest = Buffer.from(key.slice(prefix.length), "hex");
  return prefix + createHash("sha256").update(rest).digest("hex");
}

/** The same routes. With a signing key they answer `refusal` to a request that does not carry it as a bearer token. */
export const requireKey = ({ signingKey }: { signingKey?: string }, refusal: Reply, routes: Routes): Routes =>
  Object.fromEntries(
    Object.entries(routes).map(([route, handle]) => [
      route,
      (request, ...params) =>
        signingKey === undefined || isAuthorized(request.headers.authorization, signingKey)
          ? handle(request, ...params)
          : refusal,
    ]),
  );

function isAuthorized(header: string | undefined, key: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(header ?? ""), digest(`Bearer ${hashedKey(key)}`));
}
