import { composeEmail } from "../email/compose-email";
import { Lines, Paragraph } from "../email/parts";
import type { Composed } from "../email/render-email";

/** Stands for each recipient's unsubscribe link. So a broadcast is rendered once, and a retry sends the same bytes. */
export const UNSUBSCRIBE_PLACEHOLDER = "https://unsubscribe.invalid/";

/** An inbox shows about this many characters beside a subject. */
const PREVIEW_LENGTH = 120;

interface Content {
  title: string;
  message: string;
  /** The unsubscribe link of a single recipient. */
  unsubscribe?: string;
}

/** Composes an email from plain text, whose paragraphs are separated by empty lines: a broadcast's, or one to a single recipient. */
export function broadcastEmail({ title, message, unsubscribe = UNSUBSCRIBE_PLACEHOLDER }: Content): Composed {
  const paragraphs = message.split(/\n\s*\n/).filter((text) => text.trim() !== "");
  return composeEmail(
    {
      subject: title,
      preview: [...message.replace(/\s+/g, " ")].slice(0, PREVIEW_LENGTH).join(""),
      reason: "You get this email because you have an account with us.",
      unsubscribe,
    },
    ...paragraphs.map((text) => (
      <Paragraph key={text}>
        <Lines>{text.trim()}</Lines>
      </Paragraph>
    )),
  );
}
