import { deflateRawSync, inflateRawSync } from "node:zlib";

export const EVENT_TYPES = ["sent", "delivered", "opened", "clicked", "bounced", "complained", "suppressed"] as const;
export type MailEventType = (typeof EVENT_TYPES)[number];

interface Tag {
  name: string;
  value: string;
}

export interface Attachment {
  filename: string;
  /** Base64; nothing where only an address was given. */
  content?: string;
}

/** A mail as it was asked for. Bodies are packed: a hundred thousand mails must fit into memory. */
export interface MailRecord {
  id: string;
  /** Ms epoch of the call. */
  created: number;
  /** Ms epoch at which it goes out: the call, or the time it was scheduled for. */
  at: number;
  scheduled: boolean;
  from: string;
  to: string[];
  cc: string[];
  bcc: string[];
  replyTo: string[];
  subject: string;
  headers: Record<string, string>;
  tags: Tag[];
  attachments: Attachment[];
  html?: Packed;
  text?: Packed;
}

/** What became of a mail; kept apart from it, so that an event does not write the bodies again. */
export interface MailState {
  id: string;
  sent: boolean;
  events: { type: MailEventType; at: number; link?: string }[];
}

/** Text as it is, or deflated and in base64 where that is shorter. */
export type Packed = { plain: string } | { deflated: string };

export function pack(text: string): Packed {
  const deflated = deflateRawSync(text, { level: 1 }).toString("base64");
  return deflated.length < text.length ? { deflated } : { plain: text };
}

export function unpack(packed: Packed | undefined): string | null {
  if (!packed) return null;
  return "plain" in packed ? packed.plain : inflateRawSync(Buffer.from(packed.deflated, "base64")).toString("utf8");
}
