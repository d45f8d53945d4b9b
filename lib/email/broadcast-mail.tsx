import { Layout, Paragraph } from "./layout";
import type { Composed } from "./order-mails";

/**
 * Stands in a rendered broadcast where each recipient's own link goes: rendering once for everybody is what makes a
 * hundred thousand of them affordable, and every retry the same.
 */
export const UNSUBSCRIBE_PLACEHOLDER = "https://unsubscribe.invalid/";

/** A message to many: plain text, its paragraphs parted by empty lines. */
export function broadcastMail({ title, message }: { title: string; message: string }): Composed {
  const paragraphs = message.split(/\n\s*\n/).filter((text) => text.trim() !== "");
  return {
    subject: title,
    body: (
      <Layout
        preview={message.slice(0, 120)}
        reason="You get this mail because you have an account with us."
        title={title}
        unsubscribe={UNSUBSCRIBE_PLACEHOLDER}
      >
        {paragraphs.map((text, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the paragraphs never move
          <Paragraph key={index}>{text}</Paragraph>
        ))}
      </Layout>
    ),
  };
}
