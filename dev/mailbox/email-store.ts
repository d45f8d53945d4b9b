import { randomUUID } from "node:crypto";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import type { FakeServerContext } from "../fake-server/start";
import type { Clock } from "../shared/clock";
import type { Records } from "../shared/store";
import type { FindSubjects } from "../shared/subject";
import { testOutcomeOf, webhookOf } from "./events";
import { addressOf, type EmailRequest } from "./validate";

export const EVENT_TYPES = ["sent", "delivered", "opened", "clicked", "bounced", "complained", "suppressed"] as const;
export type EmailEventType = (typeof EVENT_TYPES)[number];

/** An email as it was requested. The bodies are compressed: a hundred thousand emails must fit into memory. */
export interface Email {
  id: string;
  /** The time of the API call (ms epoch). */
  at: number;
  from: string;
  to: string[];
  cc: string[];
  bcc: string[];
  replyTo: string[];
  subject: string;
  headers: Record<string, string>;
  tags: { name: string; value: string }[];
  /** `content` is base64; undefined where only an address was given. */
  attachments: { filename: string; content?: string }[];
  html?: Compressed;
  text?: Compressed;
}

/** The events of an email, and whether it was opened in the inbox. Stored apart from it: a change does not write the bodies again. */
interface EmailState {
  id: string;
  events: { type: EmailEventType; at: number; link?: string }[];
  read?: boolean;
}

/** A text, unchanged or deflated and in base64, whichever is shorter. */
type Compressed = { plain: string } | { deflated: string };

/** An email fits into this window. The default one takes 260 KB, and most of the time goes into its allocation. */
const DEFLATE = { level: 1, memLevel: 4, windowBits: 12 };

/** A shorter text gains little. */
const MIN_DEFLATED = 500;

function compress(text: string): Compressed {
  if (text.length < MIN_DEFLATED) return { plain: text };
  const deflated = deflateRawSync(text, DEFLATE).toString("base64");
  return deflated.length < text.length ? { deflated } : { plain: text };
}

export function decompress(body: Compressed | undefined): string | null {
  if (!body) return null;
  return "plain" in body ? body.plain : inflateRawSync(Buffer.from(body.deflated, "base64")).toString("utf8");
}

/** Older emails are deleted beyond this. Compressed, they take about 500 MB at 2 KB each. */
const MAX_EMAILS = 200_000;

/** All emails with their events, indexed by recipient. */
export class EmailStore {
  readonly clock: Clock;
  readonly subjects: FindSubjects;
  private readonly emails: Records<Email>;
  private readonly states: Records<EmailState>;
  private readonly byRecipient = new Map<string, Set<string>>();
  private readonly unread = new Set<string>();

  constructor(private readonly context: FakeServerContext) {
    this.clock = context.clock;
    this.subjects = context.subjects;
    this.emails = context.store.records("emails");
    this.states = context.store.records("email_states");
    for (const email of this.emails.values()) {
      this.index(email);
      if (!this.states.get(email.id)?.read) this.unread.add(email.id);
      this.scheduleOutcome(email);
    }
  }

  get(id: string): Email | undefined {
    return this.emails.get(id);
  }

  eventsOf(email: Email): EmailState["events"] {
    return this.states.get(email.id)?.events ?? [];
  }

  get unreadCount(): number {
    return this.unread.size;
  }

  isUnread({ id }: Email): boolean {
    return this.unread.has(id);
  }

  markAsRead({ id }: Email): Promise<void> {
    return this.context.change(() => {
      const state = this.states.get(id);
      if (state && this.unread.delete(id)) this.states.save({ ...state, read: true });
    });
  }

  /** Deletes emails. Their webhooks that are due are still sent. */
  deleteNow(emails: Iterable<Email>): Promise<void> {
    return this.context.change(() => {
      for (const email of emails) this.delete(email);
    });
  }

  /** Newest first: all emails, or those to one address (to, cc or bcc). */
  *newestFirst(recipient?: string): Generator<Email> {
    const ids = recipient === undefined ? this.emails.keys() : (this.byRecipient.get(recipient) ?? []);
    for (const id of [...ids].reverse()) {
      const email = this.emails.get(id);
      if (email) yield email;
    }
  }

  /** Stores an email and sends it. */
  add(request: EmailRequest): Email {
    const email = this.emails.save({
      id: randomUUID(),
      at: this.clock.now(),
      from: request.from,
      to: request.to,
      cc: request.cc ?? [],
      bcc: request.bcc ?? [],
      replyTo: request.reply_to ?? [],
      subject: request.subject,
      headers: request.headers ?? {},
      tags: request.tags ?? [],
      attachments: (request.attachments ?? []).map(({ filename, path, content }) => ({
        filename: filename ?? path?.split("/").at(-1) ?? "attachment",
        ...(content && { content }),
      })),
      html: request.html ? compress(request.html) : undefined,
      text: request.text ? compress(request.text) : undefined,
    });
    this.states.save({ id: email.id, events: [] });
    this.index(email);
    this.unread.add(email.id);
    this.record(email, "sent");
    this.scheduleOutcome(email);
    this.deleteOldest();
    return email;
  }

  /** Records an event and sends its webhook. */
  record(email: Email, type: EmailEventType, link?: string): void {
    const state = this.states.get(email.id);
    if (!state) return;
    const at = this.clock.now();
    this.states.save({ ...state, events: [...state.events, { type, at, ...(link ? { link } : {}) }] });
    this.context.notify(webhookOf(email, type, at, link));
  }

  /** As `record`, in a separate change. */
  recordNow(email: Email, type: EmailEventType, link?: string): Promise<void> {
    return this.context.change(() => this.record(email, type, link));
  }

  private scheduleOutcome(email: Email): void {
    for (const { type, after } of testOutcomeOf(email)) {
      if (this.eventsOf(email).some((event) => event.type === type)) continue;
      this.clock.schedule(email.at + after, () => void this.clock.busy(this.recordNow(email, type)));
    }
  }

  private recipients({ to, cc, bcc }: Email): string[] {
    return [...to, ...cc, ...bcc].map((one) => addressOf(one) ?? one);
  }

  private index(email: Email): void {
    for (const recipient of this.recipients(email)) {
      const ids = this.byRecipient.get(recipient) ?? new Set();
      this.byRecipient.set(recipient, ids.add(email.id));
    }
  }

  private deleteOldest(): void {
    for (const email of this.emails.values()) {
      if (this.emails.size <= MAX_EMAILS) return;
      this.delete(email);
    }
  }

  private delete(email: Email): void {
    for (const recipient of this.recipients(email)) this.byRecipient.get(recipient)?.delete(email.id);
    this.unread.delete(email.id);
    this.emails.delete(email.id);
    this.states.delete(email.id);
  }
}
