import { AppError } from "@/lib/errors";
import { problemResponse } from "./http";
import { plainPage } from "./plain-page";

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
/** A page takes the forms of its server actions with POST. */
const PAGE_METHODS = ["GET", "HEAD", "POST", "OPTIONS"];

/** Returns the response to a request that Next.js would answer with 500 or with an empty page, else undefined. */
export function refusedRequest(method = "GET", url = "/"): Response | undefined {
  const path = url.split("?", 1)[0] ?? url;
  const methods = path.startsWith("/api/") ? METHODS : PAGE_METHODS;
  if (!methods.includes(method)) {
    const message = `This address takes ${methods.join(", ")} only.`;
    return problemResponse(new AppError("method_not_allowed", 405, message), { allow: methods.join(", ") });
  }
  if (isEncoded(path)) return undefined;
  const message = "The path of the address has a percent sign that begins no character of UTF-8.";
  if (path.startsWith("/api/")) return problemResponse(new AppError("malformed_path", 400, message));
  return plainPage("This address is not valid", `<p role="alert">${message}</p>`, 400);
}

function isEncoded(path: string): boolean {
  try {
    return decodeURIComponent(path) !== undefined;
  } catch {
    return false;
  }
}
