import { Link, Section, Text } from "@react-email/components";
import { Action, Layout, Paragraph } from "../email/layout";
import type { Composed } from "../email/order-mails";
import type { NewsItem } from "./gather-news";

export interface DigestReader {
  name: string;
  news: NewsItem[];
  accountUrl: string;
  unsubscribe?: string;
}

/** What happened since the last digest. */
export function digestMail({ name, news, accountUrl, unsubscribe }: DigestReader): Composed {
  const [first] = news;
  const subject = news.length === 1 && first ? `News of ${first.title}` : `News of ${news.length} things of yours`;
  return {
    subject,
    body: (
      <Layout
        preview={`${first?.title}: ${first?.happened.at(-1)}`}
        title="What happened since we last wrote"
        reason="You get this digest because you have an account with this address; no more than one a day."
        unsubscribe={unsubscribe}
      >
        <Paragraph>Hello {name},</Paragraph>
        {news.map(({ title, happened, url }) => (
          <Section key={url + title} style={{ margin: "0 0 16px" }}>
            <Text style={{ fontSize: 16, fontWeight: 600, lineHeight: "24px", margin: 0, overflowWrap: "anywhere" }}>
              <Link href={url} style={{ color: "#0f766e" }}>
                {title}
              </Link>
            </Text>
            {happened.map((sentence) => (
              <Text key={sentence} style={{ fontSize: 16, lineHeight: "24px", margin: 0 }}>
                {sentence}
              </Text>
            ))}
          </Section>
        ))}
        <Action href={accountUrl}>Open your account</Action>
      </Layout>
    ),
  };
}
