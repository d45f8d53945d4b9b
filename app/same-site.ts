import { appEnv } from "@/lib/env";
import { AppError } from "@/lib/errors";

const SAFE_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Checks a request that may change something with a session cookie, because browsers add cookies to the requests of other
 * sites' pages (OWASP, Cross-Site Request Forgery Prevention): the browser must say that a page of this shop sent it. A client
 * that is not a browser sends neither header. A form of another site can only send the content types that `form` allows.
 *
 * @throws AppError `foreign_origin` (403); `unsupported_media_type` (415)
 */
export function checkSameSite({ method, headers }: Request, { form }: { form: boolean }): void {
  if (SAFE_METHODS.has(method) || !headers.has("cookie")) return;
  const site = headers.get("sec-fetch-site") ?? "none";
  const origin = headers.get("origin");
  if (!["none", "same-origin"].includes(site) || (origin !== null && !isOwnOrigin(origin, headers.get("host"))))
    throw new AppError("foreign_origin", 403, "A page of another site may not use your session.");
  const type = headers.get("content-type");
  if (type !== null && !form && mediaType(type) !== "application/json")
    throw new AppError("unsupported_media_type", 415, "The body must be application/json.");
}

/** Behind a proxy, `Host` may be the name of the container: then the browser's origin is that of APP_URL. */
export const isOwnOrigin = (origin: string, host: string | null): boolean =>
  URL.canParse(origin) && (origin === new URL(appEnv().APP_URL).origin || new URL(origin).host === host);

/** Returns the media type of a Content-Type header, without its parameters. */
export const mediaType = (contentType: string): string => contentType.split(";")[0]?.trim().toLowerCase() ?? "";
