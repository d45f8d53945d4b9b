import { randomUUID } from "node:crypto";
import type { Clock } from "../engine/clock";
import type { Collection, Journal } from "../stand-in/journal";
import type { Notification } from "../stand-in/webhook-queue";
import { addressOf } from "./addresses";
import { fateOf, notificationOf } from "./events";
import { type MailEventType, type MailRecord, type MailState, pack } from "./mail";
import { type EmailRequest, scheduledTime } from "./validate";

/** Older mails are forgotten beyond this; packed, they take some 500 MB at 2 KB each. */
const MOST_MAILS = 200_000;

/** Every mail, what became of it, and who got which. */
export class Mails {
  private readonly mails: Collection<MailRecord>;
  private readonly states: Collection<MailState>;
  private readonly byRecipient = new Map<string, Set<string>>();
  private noticed: Notification[] = [];

  constructor(
    private readonly clock: Clock,
    private readonly journal: Journal,
    private readonly notify: (notifications: Notification[]) => Promise<void>,
  ) {
    this.mails = journal.collection("mails");
    this.states = journal.collection("mail_states");
    for (const mail of this.mails.values()) {
      this.index(mail);
      if (!this.state(mail.id)?.sent) this.sendAt(mail);
      else this.scheduleFate(mail);
    }
  }

  get(id: string): MailRecord | undefined {
    return this.mails.get(id);
  }

  state(id: string): MailState | undefined {
    return this.states.get(id);
  }

  /** Newest first, those that went out; all, or those to one address (to, cc or bcc). */
  *newestFirst(recipient?: string): Generator<MailRecord> {
    const ids =
      recipient === undefined
        ? [...this.mails.values()].map((mail) => mail.id)
        : [...(this.byRecipient.get(recipient) ?? [])];
    for (const id of ids.reverse()) {
      const mail = this.mails.get(id);
      if (mail && this.state(id)?.sent) yield mail;
    }
  }

  /** Takes a mail: sends it, or has it wait for its time. */
  add(email: EmailRequest): MailRecord {
    const now = this.clock.now();
    const at = scheduledTime(email, now);
    const mail = this.mails.put({
      id: randomUUID(),
      created: now,
      at: at ?? now,
      scheduled: at !== undefined,
      from: email.from,
      to: email.to,
      cc: email.cc ?? [],
      bcc: email.bcc ?? [],
      replyTo: email.reply_to ?? [],
      subject: email.subject,
      headers: email.headers ?? {},
      tags: email.tags ?? [],
      attachments: (email.attachments ?? []).map(({ filename, path, content }) => ({
        filename: filename ?? path?.split("/").at(-1) ?? "attachment",
        ...(content && { content }),
      })),
      html: email.html ? pack(email.html) : undefined,
      text: email.text ? pack(email.text) : undefined,
    });
    this.states.put({ id: mail.id, sent: false, events: [] });
    this.index(mail);
    if (at === undefined) this.send(mail);
    else this.sendAt(mail);
    this.forgetOldest();
    return mail;
  }

  /** Records an event and has its webhook sent. */
  record(mail: MailRecord, type: MailEventType, link?: string): void {
    const state = this.states.get(mail.id);
    if (!state) return;
    const at = this.clock.now();
    this.states.put({ ...state, sent: true, events: [...state.events, { type, at, ...(link ? { link } : {}) }] });
    this.noticed.push(notificationOf(mail, type, at, link));
  }

  /** Runs one change: it reaches the disk in one line and its webhooks go out afterwards. */
  async change<T>(change: () => T): Promise<T> {
    try {
      return change();
    } finally {
      const noticed = this.noticed;
      this.noticed = [];
      // Notified first, so that the change and its undelivered webhooks reach the disk in one line.
      const notified = this.notify(noticed);
      this.journal.commit();
      await notified;
    }
  }

  private send(mail: MailRecord): void {
    this.record(mail, "sent");
    this.scheduleFate(mail);
  }

  private sendAt(mail: MailRecord): void {
    this.later(mail.at, () => this.send(mail));
  }

  private scheduleFate(mail: MailRecord): void {
    for (const { type, after } of fateOf(mail)) {
      if (this.state(mail.id)?.events.some((event) => event.type === type)) continue;
      this.later(mail.at + after, () => this.record(mail, type));
    }
  }

  private later(at: number, change: () => void): void {
    this.clock.schedule(at, () => void this.clock.busy(this.change(change)));
  }

  private recipients(mail: MailRecord): string[] {
    return [...mail.to, ...mail.cc, ...mail.bcc].map((to) => addressOf(to) ?? to);
  }

  private index(mail: MailRecord): void {
    for (const recipient of this.recipients(mail)) {
      const ids = this.byRecipient.get(recipient) ?? new Set();
      this.byRecipient.set(recipient, ids.add(mail.id));
    }
  }

  private forgetOldest(): void {
    for (const mail of this.mails.values()) {
      if (this.mails.size <= MOST_MAILS) return;
      for (const recipient of this.recipients(mail)) this.byRecipient.get(recipient)?.delete(mail.id);
      this.mails.delete(mail.id);
      this.states.delete(mail.id);
    }
  }
}
