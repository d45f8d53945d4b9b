import type { ReactElement } from "react";
import { plainText } from "./plain-text";

/** A text file attached to an email. */
export type Attachment = { filename: string; content: string };

export interface Composed {
  subject: string;
  body: ReactElement;
  attachments?: Attachment[];
}

/** The document type for which React Email's components are made. */
const DOCTYPE =
  '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">';

/**
 * Renders an email. The subject becomes one line, whatever names and titles it contains. React Email's own `render` streams, and
 * its text is parsed back from the HTML: both cost five times as much.
 */
export async function renderEmail({ subject, body }: Composed) {
  // Next.js refuses a static import of it in server code, because a component has no use for it.
  const { renderToStaticMarkup } = await import("react-dom/server");
  const line = subject.replace(/[\s\p{Cc}\p{Zl}\p{Zp}]+/gu, " ").trim();
  return { subject: line, html: DOCTYPE + renderToStaticMarkup(body), text: plainText(body) };
}
