import { decompress, type Email } from "./email-store";

const HREF = /(<a\b[^>]*?\s)href\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>"']+))/gi;

const NAMED: Record<string, string> = { amp: "&", quot: '"', apos: "'", lt: "<", gt: ">", nbsp: " " };

/** Decodes the character references that occur in addresses and in plain text. */
export function decode(text: string): string {
  return text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(amp|quot|apos|lt|gt|nbsp));/gi, (whole, hex, decimal, name) => {
    if (name) return NAMED[String(name).toLowerCase()] ?? whole;
    return String.fromCodePoint(Math.min(hex ? Number.parseInt(hex, 16) : Number(decimal), 0x10ffff));
  });
}

const isWeb = (link: string) => /^https?:\/\//i.test(link) && URL.canParse(link);

/** The plain text of an email, or the text of its HTML. */
export const textOf = ({ text, html }: Email): string => decompress(text) ?? withoutTags(decompress(html) ?? "");

/** The text of HTML, without styles and comments. */
export const withoutTags = (html: string): string =>
  decode(html.replace(/<(head|style)\b[\s\S]*?<\/\1>|<!--[\s\S]*?-->/gi, "").replace(/<[^>]*>/g, " "));

/** The web links of an email, in order. */
export function linksIn(html: string): string[] {
  return [...html.matchAll(HREF)].map((match) => decode(match[2] ?? match[3] ?? match[4] ?? "")).filter(isWeb);
}

/** Replaces each web link by `trackedUrl(n)`, as Resend's click tracking does. It opens in a new tab. */
export function withTrackedLinks(html: string, trackedUrl: (n: number) => string): string {
  let n = 0;
  return html.replace(HREF, (whole, before, double, single, bare) => {
    if (!isWeb(decode(double ?? single ?? bare ?? ""))) return whole;
    n += 1;
    return `${before}target="_blank" rel="noreferrer" href="${trackedUrl(n - 1)}"`;
  });
}
