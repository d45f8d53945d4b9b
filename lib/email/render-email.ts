import { render, toPlainText } from "@react-email/render";
import type { ReactElement } from "react";

/** A text file that comes with an email. */
export interface Attachment {
  filename: string;
  content: string;
}

export interface Composed {
  subject: string;
  body: ReactElement;
  attachments?: Attachment[];
}

export interface RenderedEmail {
  subject: string;
  html: string;
  text: string;
}

/** How the plain text differs from what html-to-text makes by itself: titles that do not shout, columns for what is a table. */
const PLAIN = {
  selectors: [
    ...["h1", "h2"].map((selector) => ({ selector, options: { uppercase: false } })),
    { selector: "table[data-columns]", format: "dataTable", options: { colSpacing: 3, maxColumnWidth: 52 } },
  ],
};

/** An email as it is sent. A subject is one line, whatever names and titles stand in it. */
export async function renderEmail({ subject, body }: Composed): Promise<RenderedEmail> {
  const html = await render(body);
  const line = subject.replace(/[\s\p{Cc}\p{Zl}\p{Zp}]+/gu, " ").trim();
  return { subject: line, html, text: toPlainText(html, PLAIN) };
}
