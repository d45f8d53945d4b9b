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
const TAG_FORMAT =
  "Tags should only contain ASCII letters, numbers, underscores, or dashes, and at most 256 characters.";

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

function ensure(holds: boolean, message: string, name?: string): void {
  if (!holds) throw invalid(message, name);
}

function checkPresent(email: Record<string, unknown>): void {
  for (const field of ["from", "to", "subject"])
    ensure(!absent(email[field]), `Missing \`${field}\` field.`, "missing_required_field");
  ensure(!absent(email.html) || !absent(email.text), "Missing `html` or `text` field.", "missing_required_field");
  for (const field of ["template", "topic_id", "region", "scheduled_at"])
    ensure(absent(email[field]), `This fake server does not support the \`${field}\` field.`);
}

function checkValues(email: EmailRequest): void {
  ensure(email.to.length > 0, "Missing `to` field.", "missing_required_field");
  ensure(addressOf(email.from) !== undefined, `Invalid \`from\` field. ${FORMAT}`, "invalid_from_address");
  for (const field of ["to", "cc", "bcc"] as const) {
    const count = email[field]?.length ?? 0;
    const message = `The \`${field}\` field accepts at most ${MAX_RECIPIENTS} addresses; it has ${count}.`;
    ensure(count <= MAX_RECIPIENTS, message);
  }
  for (const field of ["to", "cc", "bcc", "reply_to"] as const)
    ensure(email[field]?.every(addressOf) ?? true, `Invalid \`${field}\` field. ${FORMAT}`);
  // Docs: "Tags".
  for (const { name, value } of email.tags ?? [])
    ensure(/^[A-Za-z0-9_-]{1,256}$/.test(name) && /^[A-Za-z0-9_-]{0,256}$/.test(value), TAG_FORMAT);
  for (const [name, value] of Object.entries(email.headers ?? {})) {
    const valid = /^[A-Za-z0-9-]+$/.test(name) && !/[\r\n]/.test(value);
    ensure(valid, `Invalid \`headers\` field: ${JSON.stringify(name)}.`);
  }
  for (const { content, path } of email.attachments ?? [])
    ensure(!absent(content ?? path), "Attachment must have either a `content` or `path`.", "invalid_attachment");
}

/** Parses one email or throws Resend's error ("Send Email", "Errors"). Unknown fields are ignored, as at Resend. */
export function parseEmail(value: unknown): EmailRequest {
  if (!isObject(value)) throw invalid("The email must be an object.");
  checkPresent(value);
  const parsed = emailSchema.safeParse(value);
  if (!parsed.success) throw invalid(`Invalid \`${parsed.error.issues[0]?.path.join(".")}\` field.`);
  checkValues(parsed.data);
  return parsed.data;
}
