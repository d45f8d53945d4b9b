import { Layout } from "../email/layout";
import { Lines, Paragraph } from "../email/parts";
import type { Composed } from "../email/render-email";

/**
 * Stands in a rendered broadcast where each recipient's own link goes: rendering once for everybody is what makes a
 * hundred thousand of them affordable, and every retry the same.
 */
export const UNSUBSCRIBE_PLACEHOLDER = "https://unsubscribe.invalid/";

/** What an inbox shows beside a subject, in characters. */
const PREVIEW = 120;

/** A message to many: plain text, its paragraphs parted by empty lines. */
export function broadcastEmail({ title, message }: { title: string; message: string }): Composed {
  const paragraphs = message.split(/\n\s*\n/).filter((text) => text.trim() !== "");
  return {
    subject: title,
    body: (
      <Layout
        preview={[...message.replace(/\s+/g, " ")].slice(0, PREVIEW).join("")}
        reason="You get this email because you have an account with us."
        title={title}
        unsubscribe={UNSUBSCRIBE_PLACEHOLDER}
      >
        {paragraphs.map((text, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the paragraphs never move
          <Paragraph key={index}>
            <Lines>{text.trim()}</Lines>
          </Paragraph>
        ))}
      </Layout>
    ),
  };
}
