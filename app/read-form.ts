import { readText } from "@/app/http";
import { AppError, messageOf } from "@/lib/errors";

/**
 * Returns the text fields of a form, in one of the two encodings of a one-click request (RFC 8058, section 3.2). Returns an
 * empty object for another content type.
 * @throws AppError `malformed_form` (400), 413 above 1 MB
 */
export async function readForm(request: Request): Promise<Record<string, string>> {
  const text = await readText(request);
  const type = request.headers.get("content-type") ?? "";
  if (text === "" || !/^(application\/x-www-form-urlencoded|multipart\/form-data)\b/i.test(type)) return {};
  try {
    const form = await new Response(text, { headers: { "content-type": type } }).formData();
    const fields: Record<string, string> = {};
    for (const [name, value] of form) if (typeof value === "string") fields[name] = value;
    return fields;
  } catch (cause) {
    throw new AppError("malformed_form", 400, `The form cannot be read: ${messageOf(cause)}`, { cause });
  }
}
