import { render, toPlainText } from "@react-email/render";
import type { ReactElement } from "react";

/** A text file attached to an email. */
export type Attachment = { filename: string; content: string };

export interface Composed {
  subject: string;
  body: ReactElement;
  attachments?: Attachment[];
}

/** Options of html-to-text: titles without capitals, and columns for tables. */
const TEXT_OPTIONS = {
  selectors: [
    ...["h1", "h2"].map((selector) => ({ selector, options: { uppercase: false } })),
    { selector: "table[data-columns]", format: "dataTable", options: { colSpacing: 3, maxColumnWidth: 52 } },
  ],
};

/** Renders an email. The subject becomes one line, whatever names and titles it contains. */
export async function renderEmail({ subject, body }: Composed) {
  const html = await render(body);
  const line = subject.replace(/[\s\p{Cc}\p{Zl}\p{Zp}]+/gu, " ").trim();
  return { subject: line, html, text: toPlainText(html, TEXT_OPTIONS) };
}
