import { z } from "zod";
import { appEnv } from "../env";
import { signLink, verifyLink } from "../signed-links";
import { type EmailCategory, isOptional, OPTIONAL_CATEGORIES, type OptionalCategory } from "./consent";

const PURPOSE = "unsubscribe";

const subscriptionSchema = z.object({
  address: z.string(),
  category: z.enum(Object.keys(OPTIONAL_CATEGORIES) as [OptionalCategory, ...OptionalCategory[]]),
});

/** What the link in an email lets its reader end. */
export type Subscription = z.output<typeof subscriptionSchema>;

/**
 * Where a reader of this category's email ends it; nothing for transactional email. The link does not expire: it has to
 * work for 30 days at least (16 CFR 316.5), and somebody may read an old email.
 */
export function unsubscribeUrl(address: string, category: EmailCategory): string | undefined {
  if (!isOptional(category)) return undefined;
  const subscription: Subscription = { address: address.toLowerCase(), category };
  return `${appEnv().APP_URL}/api/unsubscribe?token=${signLink(PURPOSE, subscription)}`;
}

/** The headers by which email programs offer to unsubscribe with one click (RFC 2369, RFC 8058). */
export function unsubscribeHeaders(address: string, category: EmailCategory): Record<string, string> {
  const url = unsubscribeUrl(address, category);
  return url ? { "List-Unsubscribe": `<${url}>`, "List-Unsubscribe-Post": "List-Unsubscribe=One-Click" } : {};
}

/** @throws AppError as `verifyLink` does. */
export function readSubscription(token: string): Subscription {
  return subscriptionSchema.parse(verifyLink(PURPOSE, token));
}
