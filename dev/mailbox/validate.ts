import { z } from "zod";
import { addressOf } from "./addresses";
import { type ErrorName, refuse } from "./errors";

const FORMAT = "The email address needs to follow the `email@example.com` or `Name <email@example.com>` format.";

/** Docs: "Send Email". */
const MOST_RECIPIENTS = 50;
const MOST_SCHEDULED_MS = 30 * 24 * 60 * 60 * 1000;

const addresses = z
  .union([z.string(), z.array(z.string())])
  .transform((value) => (Array.isArray(value) ? value : [value]));

/** Base64, or a Node Buffer as JSON has it; kept as base64. */
const content = z
  .union([z.string(), z.object({ data: z.array(z.int().min(0).max(255)) })])
  .nullish()
  .transform((given) => (given && typeof given === "object" ? Buffer.from(given.data).toString("base64") : given));

const emailSchema = z.object({
  from: z.string(),
  to: addresses,
  cc: addresses.nullish(),
  bcc: addresses.nullish(),
  reply_to: addresses.nullish(),
  subject: z.string(),
  html: z.string().nullish(),
  text: z.string().nullish(),
  headers: z.record(z.string(), z.string()).nullish(),
  tags: z.array(z.object({ name: z.string(), value: z.string() })).nullish(),
  scheduled_at: z.string().nullish(),
  attachments: z.array(z.object({ filename: z.string().nullish(), content, path: z.string().nullish() })).nullish(),
});

export type EmailRequest = z.infer<typeof emailSchema>;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const absent = (value: unknown) => value === undefined || value === null || value === "";

function checkPresent(email: Record<string, unknown>): void {
  for (const field of ["from", "to", "subject"]) {
    if (absent(email[field])) throw refuse(422, "missing_required_field", `Missing \`${field}\` field.`);
  }
  if (absent(email.html) && absent(email.text)) {
    throw refuse(422, "missing_required_field", "Missing `html` or `text` field.");
  }
  for (const field of ["template", "topic_id", "region"]) {
    if (absent(email[field])) continue;
    throw refuse(422, "validation_error", `This stand-in for Resend does not model the \`${field}\` field.`);
  }
}

function checkAddresses(field: string, given: string[] | null | undefined, name: ErrorName = "validation_error"): void {
  if (given?.every(addressOf) ?? true) return;
  throw refuse(422, name, `Invalid \`${field}\` field. ${FORMAT}`);
}

function checkRecipients(email: EmailRequest): void {
  if (email.to.length === 0) throw refuse(422, "missing_required_field", "Missing `to` field.");
  for (const field of ["to", "cc", "bcc"] as const) {
    const count = email[field]?.length ?? 0;
    if (count <= MOST_RECIPIENTS) continue;
    throw refuse(
      422,
      "validation_error",
      `The \`${field}\` field accepts at most ${MOST_RECIPIENTS} addresses; it has ${count}.`,
    );
  }
  checkAddresses("from", [email.from], "invalid_from_address");
  for (const field of ["to", "cc", "bcc", "reply_to"] as const) checkAddresses(field, email[field]);
}

/** Letters, digits, `_` and `-`, at most 256 ("Tags"). */
function checkTags(email: EmailRequest): void {
  for (const { name, value } of email.tags ?? []) {
    if (/^[A-Za-z0-9_-]{1,256}$/.test(name) && /^[A-Za-z0-9_-]{0,256}$/.test(value)) continue;
    throw refuse(
      422,
      "validation_error",
      "Tags should only contain ASCII letters, numbers, underscores, or dashes, and at most 256 characters.",
    );
  }
}

function checkHeaders(email: EmailRequest): void {
  for (const [name, value] of Object.entries(email.headers ?? {})) {
    if (/^[A-Za-z0-9-]+$/.test(name) && !/[\r\n]/.test(value)) continue;
    throw refuse(422, "validation_error", `Invalid \`headers\` field: ${JSON.stringify(name)}.`);
  }
}

function checkAttachments(email: EmailRequest): void {
  for (const { content, path } of email.attachments ?? []) {
    if (absent(content) && absent(path)) {
      throw refuse(422, "invalid_attachment", "Attachment must have either a `content` or `path`.");
    }
  }
}

const UNITS: Record<string, number> = { min: 60_000, minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/** When it is to go out: ISO 8601, or "in 5 minutes". Up to 30 days ahead ("Schedule Email"). */
export function scheduledTime(email: EmailRequest, now: number): number | undefined {
  if (absent(email.scheduled_at) || !email.scheduled_at) return undefined;
  const words = /^in (\d+) (min|minute|hour|day)s?$/i.exec(email.scheduled_at.trim());
  const unit = UNITS[words?.[2]?.toLowerCase() ?? ""];
  const at = words && unit ? now + Number(words[1]) * unit : Date.parse(email.scheduled_at);
  if (Number.isNaN(at))
    throw refuse(422, "validation_error", 'Invalid `scheduled_at` field: use ISO 8601 or "in 5 minutes".');
  if (at > now + MOST_SCHEDULED_MS) {
    throw refuse(422, "validation_error", "The `scheduled_at` field must be at most 30 days in the future.");
  }
  return at > now ? at : undefined;
}

/** Parses one email or throws what Resend answers ("Send Email", "Errors"). Unknown fields are let pass, as there. */
export function parseEmail(value: unknown): EmailRequest {
  if (!isObject(value)) throw refuse(422, "validation_error", "The email must be an object.");
  checkPresent(value);
  const parsed = emailSchema.safeParse(value);
  if (!parsed.success) {
    const path = parsed.error.issues[0]?.path ?? [];
    throw refuse(422, "validation_error", `Invalid \`${path.join(".")}\` field.`);
  }
  checkRecipients(parsed.data);
  checkTags(parsed.data);
  checkHeaders(parsed.data);
  checkAttachments(parsed.data);
  return parsed.data;
}
