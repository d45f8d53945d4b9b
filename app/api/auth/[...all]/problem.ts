import { z } from "zod";
import { AppError, type FieldError, notFound } from "@/lib/errors";

const saidSchema = z.object({
  message: z.string(),
  code: z.string().default("REFUSED"),
  /** Ours: better-auth names fields within its message. */
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
});

/** What better-auth refuses, in the form that every error of this API has; it answers 404 without a word. */
export async function refusal(response: Response): Promise<AppError> {
  const said = saidSchema.safeParse(await response.json().catch(() => undefined));
  if (!said.success) return notFound("address in this API");
  const { message, code, errors = fieldsOf(message) } = said.data;
  const retry = response.status === 429 && Number(response.headers.get("retry-after")) * 1_000;
  return new AppError(code.toLowerCase(), response.status, errors.length > 0 ? "The request is not valid." : message, {
    errors,
    retry,
  });
}

/** It names the fields within the sentence: `[body.name] is missing; [body.email] Invalid email address`. */
function fieldsOf(message: string): FieldError[] {
  return message.split("; ").flatMap((part) => {
    const [, path, what] = /^\[body\.([^\]]+)\] (.+)$/s.exec(part) ?? [];
    return path && what ? [{ path, message: what }] : [];
  });
}
