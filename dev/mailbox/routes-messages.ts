import { z } from "zod";
import { withBody } from "../fake-server/faults";
import { paginate } from "../shared/html";
import { type Handler, json, problem, router } from "../shared/http";
import { decompress, type Email, type EmailStore, EVENT_TYPES } from "./email-store";
import { textOf } from "./links";
import { addressOf } from "./validate";

export const PAGE_SIZE = 100;
const MAX_PAGE_SIZE = 1000;

const eventSchema = z.strictObject({
  type: z
    .string()
    .transform((type) => type.replace(/^email\./, ""))
    .pipe(z.enum(EVENT_TYPES)),
  /** The link, for `clicked`. */
  link: z.string().optional(),
});

/**
 * The emails to an address (`to`), with a text in the subject (`subject`), with one in subject, recipients or body (`q`), or
 * that nobody has opened in the inbox (`unread`).
 */
export function* findEmails(emails: EmailStore, query: URLSearchParams): Generator<Email> {
  const to = query.get("to")?.trim() || undefined;
  const subject = query.get("subject")?.toLowerCase() ?? "";
  const text = query.get("q")?.trim().toLowerCase() ?? "";
  for (const email of emails.newestFirst(to && (addressOf(to) ?? to))) {
    const fields = [email.subject, ...email.to, ...email.cc, ...email.bcc].map((field) => field.toLowerCase());
    if (query.has("unread") && !emails.isUnread(email)) continue;
    if (!fields[0]?.includes(subject)) continue;
    // The bodies are compressed, so they are searched last.
    if (fields.some((field) => field.includes(text)) || textOf(email).toLowerCase().includes(text)) yield email;
  }
}

function view(emails: EmailStore, email: Email) {
  const { html, text, at, attachments, ...rest } = email;
  return {
    ...rest,
    html: decompress(html),
    text: decompress(text),
    attachments: attachments.map(({ filename }) => filename),
    at: new Date(at).toISOString(),
    events: emails.eventsOf(email).map((event) => ({ ...event, at: new Date(event.at).toISOString() })),
  };
}

/** The emails as JSON, for tests: `GET /messages`, `GET /messages/{id}` and `POST /messages/{id}/events`. */
export function messageRoutes(emails: EmailStore): Handler {
  const missing = () => problem(404, "No such message");
  return router({
    "GET /messages": ({ query }) => {
      const limit = Number(query.get("limit") ?? PAGE_SIZE);
      if (!Number.isInteger(limit) || limit < 1 || limit > MAX_PAGE_SIZE)
        return problem(422, "Invalid request", `limit must be a number from 1 to ${MAX_PAGE_SIZE}`);
      const { items, nextCursor } = paginate(findEmails(emails, query), query.get("cursor"), limit);
      return json(200, { items: items.map((email) => view(emails, email)), nextCursor });
    },
    "GET /messages/:id": (_, id = "") => {
      const email = emails.get(id);
      return email ? json(200, view(emails, email)) : missing();
    },
    "POST /messages/:id/events": withBody(eventSchema, async ({ type, link }, _, id = "") => {
      const email = emails.get(id);
      if (!email) return missing();
      await emails.recordNow(email, type, link);
      return json(202, view(emails, email));
    }),
  });
}
