import { Link } from "@react-email/link";
import { Section } from "@react-email/section";
import { Text } from "@react-email/text";
import { composeEmail } from "../email/compose-email";
import { colours } from "../email/layout";
import type { Composed } from "../email/render-email";

/** An order or expense of the user, with a sentence for each of its changes. */
export interface NewsItem {
  title: string;
  happened: string[];
  url: string;
}

interface Digest {
  name: string;
  news: NewsItem[];
  accountUrl: string;
  unsubscribe?: string;
}

const MAX_TITLE_LENGTH = 60;
const short = (title: string) =>
  title.length > MAX_TITLE_LENGTH ? `${title.slice(0, MAX_TITLE_LENGTH).trimEnd()}…` : title;

/** Composes the email of the news since the last digest. */
export function digestEmail({ name, news, accountUrl, unsubscribe }: Digest): Composed {
  const [first] = news;
  const others = news.length > 1 ? ` and ${news.length - 1} more` : "";
  return composeEmail(
    {
      subject: `News of ${short(first?.title ?? "your account")}${others}`,
      title: "What happened since we last wrote",
      preview: first?.happened.at(-1) ?? "",
      reason: "You get this digest because you have an account with this address; no more than one a day.",
      ...{ name, action: "Open your account", href: accountUrl, unsubscribe },
    },
    ...news.map(({ title, happened, url }) => (
      <Section key={url + title} style={{ margin: "0 0 16px" }}>
        <Text style={{ fontSize: 16, fontWeight: 600, lineHeight: "24px", margin: 0 }}>
          <Link className="accent" href={url} style={{ color: colours.accent, textDecoration: "underline" }}>
            {title}
          </Link>
        </Text>
        {happened.map((sentence) => (
          <Text key={sentence} style={{ fontSize: 16, lineHeight: "24px", margin: 0 }}>
            {sentence}
          </Text>
        ))}
      </Section>
    )),
  );
}
