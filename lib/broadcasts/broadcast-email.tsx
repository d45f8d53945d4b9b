import { composeEmail } from "../email/compose-email";
import { Lines, Paragraph } from "../email/parts";
import type { Composed } from "../email/render-email";
import { fillFields } from "./fields";

/** Stands for each recipient's unsubscribe link. So a broadcast is rendered once, and a retry sends the same bytes. */
const UNSUBSCRIBE_PLACEHOLDER = "https://unsubscribe.invalid/";

/** An inbox shows about this many characters beside a subject. */
const PREVIEW_LENGTH = 120;

interface Content {
  title: string;
  message: string;
  /** The unsubscribe link of a single recipient. */
  unsubscribe?: string;
  /** True for a test to the author, who gets no link: the author's own subscription is not that of the readers. */
  isTest?: boolean;
}

const REASON = "You get this email because you have an account with us.";
const TEST_REASON =
  "You get this test because you asked for it. Readers have a link here by which they end these emails.";

/** Returns the start of a message, without a field that would be cut in two. */
const previewOf = (message: string): string =>
  [...message.replace(/\s+/g, " ")]
    .slice(0, PREVIEW_LENGTH)
    .join("")
    .replace(/\{[^{}]*$/, "");

/** Composes an email from plain text, whose paragraphs are separated by empty lines: a broadcast's, or one to a single recipient. */
export function broadcastEmail({ title, message, unsubscribe = UNSUBSCRIBE_PLACEHOLDER, isTest }: Content): Composed {
  const paragraphs = message.split(/\n\s*\n/).filter((text) => text.trim() !== "");
  return composeEmail(
    {
      subject: title,
      preview: previewOf(message),
      ...(isTest ? { reason: TEST_REASON } : { reason: REASON, unsubscribe }),
    },
    ...paragraphs.map((text) => (
      <Paragraph key={text}>
        <Lines>{text.trim()}</Lines>
      </Paragraph>
    )),
  );
}

interface Rendered {
  subject: string;
  html: string;
  text: string;
}

/** Returns the email of one recipient: with the values of its fields, and with the recipient's unsubscribe link. */
export function personalize(
  email: Rendered,
  { name, unsubscribe }: { name: string | null; unsubscribe: string },
): Rendered {
  const fill = (text: string, format: "text" | "html") =>
    fillFields(text, name, format).replaceAll(UNSUBSCRIBE_PLACEHOLDER, () => unsubscribe);
  return {
    subject: fillFields(email.subject, name, "text").trim(),
    html: fill(email.html, "html"),
    text: fill(email.text, "text"),
  };
}
