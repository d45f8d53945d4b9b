import { composeEmail } from "../email/compose-email";
import { Lines, Paragraph } from "../email/parts";
import type { Composed } from "../email/render-email";

/** Stands for each recipient's unsubscribe link. So a broadcast is rendered once, and a retry sends the same bytes. */
export const UNSUBSCRIBE_PLACEHOLDER = "https://unsubscribe.invalid/";

/** An inbox shows about this many characters beside a subject. */
const PREVIEW_LENGTH = 120;

/** Composes a broadcast's email from plain text, whose paragraphs are separated by empty lines. */
export function broadcastEmail({ title, message }: { title: string; message: string }): Composed {
  const paragraphs = message.split(/\n\s*\n/).filter((text) => text.trim() !== "");
  return composeEmail(
    {
      subject: title,
      preview: [...message.replace(/\s+/g, " ")].slice(0, PREVIEW_LENGTH).join(""),
      reason: "You get this email because you have an account with us.",
      unsubscribe: UNSUBSCRIBE_PLACEHOLDER,
    },
    ...paragraphs.map((text) => (
      <Paragraph key={text}>
        <Lines>{text.trim()}</Lines>
      </Paragraph>
    )),
  );
}
