import { header, type Incoming, json, type Reply } from "../stand-in/http";
import { ResendError, refuse } from "./errors";
import { messageIdOf } from "./events";
import { type MailRecord, unpack } from "./mail";
import type { Mails } from "./mails";
import { type EmailRequest, parseEmail } from "./validate";

/** Docs: "Send Batch Emails". */
const MOST_IN_BATCH = 100;

function readJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw refuse(400, "validation_error", "The request body is not valid JSON.");
  }
}

/** `POST /emails`. */
export function sendEmail(mails: Mails, request: Incoming): Reply {
  return json(200, { id: mails.add(parseEmail(readJson(request.body))).id });
}

function parseBatchItem(value: unknown): EmailRequest {
  const email = parseEmail(value);
  for (const field of ["attachments", "scheduled_at"] as const) {
    if (email[field]) throw refuse(422, "validation_error", `The \`${field}\` field is not supported in a batch.`);
  }
  return email;
}

/**
 * `POST /emails/batch`: 1 to 100 mails. `x-batch-validation: strict` (the default) sends all or none; `permissive`
 * sends the valid ones and reports the rest ("Batch Validation Modes").
 */
export function sendBatch(mails: Mails, request: Incoming): Reply {
  const items = readJson(request.body);
  if (!Array.isArray(items)) throw refuse(422, "validation_error", "The request body must be an array of emails.");
  if (items.length === 0) throw refuse(422, "validation_error", "The batch must have at least one email.");
  if (items.length > MOST_IN_BATCH) {
    throw refuse(
      422,
      "validation_error",
      `The batch can have at most ${MOST_IN_BATCH} emails; it has ${items.length}.`,
    );
  }
  const mode = header(request, "x-batch-validation") ?? "strict";
  if (mode !== "strict" && mode !== "permissive") {
    throw refuse(422, "validation_error", "The x-batch-validation header must be strict or permissive.");
  }
  const valid: EmailRequest[] = [];
  const errors: { index: number; message: string }[] = [];
  for (const [index, item] of items.entries()) {
    try {
      valid.push(parseBatchItem(item));
    } catch (error) {
      if (!(error instanceof ResendError) || mode === "strict") throw error;
      errors.push({ index, message: error.message });
    }
  }
  const data = valid.map((email) => ({ id: mails.add(email).id }));
  return json(200, mode === "strict" ? { data } : { data, errors });
}

const orNull = (list: string[]) => (list.length > 0 ? list : null);

function lastEvent(mails: Mails, mail: MailRecord): string {
  const last = mails.state(mail.id)?.events.at(-1)?.type;
  return last ?? (mail.scheduled ? "scheduled" : "queued");
}

/** `GET /emails/{id}` ("Retrieve Email"). */
export function retrieveEmail(mails: Mails, id: string): Reply {
  if (!/^[0-9a-f-]{36}$/i.test(id)) throw refuse(422, "invalid_parameter", "The `id` must be a valid UUID.");
  const mail = mails.get(id);
  if (!mail) throw refuse(404, "not_found", "Email not found");
  return json(200, {
    object: "email",
    id: mail.id,
    message_id: messageIdOf(mail),
    to: mail.to,
    from: mail.from,
    created_at: new Date(mail.created).toISOString(),
    subject: mail.subject,
    html: unpack(mail.html),
    text: unpack(mail.text),
    bcc: orNull(mail.bcc),
    cc: orNull(mail.cc),
    reply_to: orNull(mail.replyTo),
    last_event: lastEvent(mails, mail),
    scheduled_at: mail.scheduled ? new Date(mail.at).toISOString() : null,
    tags: mail.tags,
  });
}
