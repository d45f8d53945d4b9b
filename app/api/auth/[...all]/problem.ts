import { z } from "zod";
import { AppError, type FieldError, notFound } from "@/lib/errors";

const errorSchema = z.object({
  message: z.string(),
  code: z.string().default("REFUSED"),
  /** Only our own hooks set it: better-auth names the fields within its message. */
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
});

/** Returns better-auth's error response as the error that all other endpoints throw. Its 404 has no body. */
export async function toAppError(response: Response): Promise<AppError> {
  const parsed = errorSchema.safeParse(await response.json().catch(() => undefined));
  if (!parsed.success) return notFound("address in this API");
  const { message, code, errors = fieldErrors(message) } = parsed.data;
  const retry = response.status === 429 && Number(response.headers.get("retry-after")) * 1_000;
  return new AppError(code.toLowerCase(), response.status, errors.length > 0 ? "The request is not valid." : message, {
    errors,
    retry,
  });
}

/** Parses a message such as `[body.name] is missing; [body.email] Invalid email address`. */
function fieldErrors(message: string): FieldError[] {
  return message.split("; ").flatMap((part) => {
    const [, path, text] = /^\[body\.([^\]]+)\] (.+)$/s.exec(part) ?? [];
    return path && text ? [{ path, message: text }] : [];
  });
}
