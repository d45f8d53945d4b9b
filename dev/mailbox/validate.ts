import { z } from "zod";
import { json, type Reply } from "../shared/http";

/** An answer in Resend's error shape: `{statusCode, name, message}` (docs: "Errors"). */
export class ResendError extends Error {
  constructor(
    readonly status: number,
    readonly errorName: string,
    message: string,
    readonly headers: Record<string, string> = {},
  ) {
    super(message);
  }

  reply(headers: Record<string, string>): Reply {
    const body = { statusCode: this.status, name: this.errorName, message: this.message };
    return json(this.status, body, { ...headers, ...this.headers });
  }
}

const ADDRESS = /^[^\s@<>",;:()[\]\\]+@[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+$/i;
const NAMED = /^[^<>\r\n]*<([^<>]+)>$/;

/** The address in lower case of `a@b.example` or `Name <a@b.example>`. Undefined for any other text. */
export function addressOf(text: string): string | undefined {
  const trimmed = text.trim();
  const bare = NAMED.exec(trimmed)?.[1]?.trim() ?? trimmed;
  return bare.length <= 320 && ADDRESS.test(bare) ? bare.toLowerCase() : undefined;
}

const invalid = (message: string, name = "validation_error") => new ResendError(422, name, message);

const FORMAT = "The email address needs to follow the `email@example.com` or `Name <email@example.com>` format.";

/** Docs: "Send Email". */
const MAX_RECIPIENTS = 50;

const addresses = z
  .union([z.string(), z.array(z.string())])
  .transform((value) => (Array.isArray(value) ? value : [value]));

/** Base64, or a Node Buffer in its JSON form, which becomes base64. */
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
  attachments: z.array(z.object({ filename: z.string().nullish(), content, path: z.string().nullish() })).nullish(),
});

export type EmailRequest = z.infer<typeof emailSchema>;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const absent = (value: unknown) => value === undefined || value === null || value === "";

function checkPresent(email: Record<string, unknown>): void {
  for (const field of ["from", "to", "subject"]) {
    if (absent(email[field])) throw invalid(`Missing \`${field}\` field.`, "missing_required_field");
  }
  if (absent(email.html) && absent(email.text))
    throw invalid("Missing `html` or `text` field.", "missing_required_field");
  for (const field of ["template", "topic_id", "region", "scheduled_at"]) {
    if (absent(email[field])) continue;
    throw invalid(`This fake server does not support the \`${field}\` field.`);
  }
}

function checkAddresses(field: string, given: string[] | null | undefined, name?: string): void {
  if (given?.every(addressOf) ?? true) return;
  throw invalid(`Invalid \`${field}\` field. ${FORMAT}`, name);
}

function checkRecipients(email: EmailRequest): void {
  if (email.to.length === 0) throw invalid("Missing `to` field.", "missing_required_field");
  for (const field of ["to", "cc", "bcc"] as const) {
    const count = email[field]?.length ?? 0;
    if (count <= MAX_RECIPIENTS) continue;
    throw invalid(`The \`${field}\` field accepts at most ${MAX_RECIPIENTS} addresses; it has ${count}.`);
  }
  checkAddresses("from", [email.from], "invalid_from_address");
  for (const field of ["to", "cc", "bcc", "reply_to"] as const) checkAddresses(field, email[field]);
}

/** Letters, digits, `_` and `-`, at most 256 ("Tags"). */
function checkTags(email: EmailRequest): void {
  for (const { name, value } of email.tags ?? []) {
    if (/^[A-Za-z0-9_-]{1,256}$/.test(name) && /^[A-Za-z0-9_-]{0,256}$/.test(value)) continue;
    throw invalid(
      "Tags should only contain ASCII letters, numbers, underscores, or dashes, and at most 256 characters.",
    );
  }
}

function checkHeaders(email: EmailRequest): void {
  for (const [name, value] of Object.entries(email.headers ?? {})) {
    if (/^[A-Za-z0-9-]+$/.test(name) && !/[\r\n]/.test(value)) continue;
    throw invalid(`Invalid \`headers\` field: ${JSON.stringify(name)}.`);
  }
}

function checkAttachments(email: EmailRequest): void {
  for (const { content, path } of email.attachments ?? []) {
    if (absent(content) && absent(path))
      throw invalid("Attachment must have either a `content` or `path`.", "invalid_attachment");
  }
}

/** Parses one email or throws Resend's error ("Send Email", "Errors"). Unknown fields are ignored, as at Resend. */
export function parseEmail(value: unknown): EmailRequest {
  if (!isObject(value)) throw invalid("The email must be an object.");
  checkPresent(value);
  const parsed = emailSchema.safeParse(value);
  if (!parsed.success) {
    const path = parsed.error.issues[0]?.path ?? [];
    throw invalid(`Invalid \`${path.join(".")}\` field.`);
  }
  checkRecipients(parsed.data);
  checkTags(parsed.data);
  checkHeaders(parsed.data);
  checkAttachments(parsed.data);
  return parsed.data;
}
