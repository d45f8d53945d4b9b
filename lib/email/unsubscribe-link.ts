import { z } from "zod";
import { appEnv } from "../env";
import { signLink, verifyLink } from "../signed-links";
import { type EmailCategory, isOptional, OPTIONAL_CATEGORIES, type OptionalCategory } from "./consent";

const PURPOSE = "unsubscribe";

const subscriptionSchema = z.object({
  address: z.string(),
  category: z.enum(Object.keys(OPTIONAL_CATEGORIES) as [OptionalCategory, ...OptionalCategory[]]),
});

/** The address and category of an unsubscribe link. */
export type Subscription = z.output<typeof subscriptionSchema>;

/**
 * Returns the unsubscribe link for an address and a category; undefined for transactional email. The link does not expire: it
 * has to work for at least 30 days (16 CFR 316.5), and a recipient may open an old email.
 */
export function unsubscribeUrl(address: string, category: EmailCategory): string | undefined {
  if (!isOptional(category)) return undefined;
  const subscription: Subscription = { address: address.toLowerCase(), category };
  return `${appEnv().APP_URL}/api/unsubscribe?token=${signLink(PURPOSE, subscription)}`;
}

/** Returns the headers for unsubscribing with one click in an email program (RFC 2369, RFC 8058). */
export function unsubscribeHeaders(address: string, category: EmailCategory): Record<string, string> {
  const url = unsubscribeUrl(address, category);
  return url ? { "List-Unsubscribe": `<${url}>`, "List-Unsubscribe-Post": "List-Unsubscribe=One-Click" } : {};
}

/** Returns the content of an unsubscribe link's token. @throws AppError as `verifyLink` does. */
export function readSubscription(token: string): Subscription {
  return subscriptionSchema.parse(verifyLink(PURPOSE, token));
}
