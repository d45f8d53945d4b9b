import { z } from "zod";
import { appEnv } from "../env";
import { readLink, signLink } from "../links";
import { isOptional, type MailCategory, OPTIONAL_CATEGORIES, type OptionalCategory } from "./consent";

const PURPOSE = "unsubscribe";

const subscriptionSchema = z.object({
  address: z.string(),
  category: z.enum(Object.keys(OPTIONAL_CATEGORIES) as [OptionalCategory, ...OptionalCategory[]]),
});

/** What the link in a mail lets its reader end. */
export type Subscription = z.output<typeof subscriptionSchema>;

/**
 * Where a reader of this category's mail ends it; nothing for transactional mail. The link does not expire: it has to
 * work for 30 days at least (16 CFR 316.5), and somebody may read an old mail.
 */
export function unsubscribeUrl(address: string, category: MailCategory): string | undefined {
  if (!isOptional(category)) return undefined;
  const subscription: Subscription = { address: address.toLowerCase(), category };
  return `${appEnv().APP_URL}/api/unsubscribe?token=${signLink(PURPOSE, subscription)}`;
}

/** The headers by which mail programs offer to unsubscribe with one click (RFC 2369, RFC 8058). */
export function unsubscribeHeaders(address: string, category: MailCategory): Record<string, string> {
  const url = unsubscribeUrl(address, category);
  return url ? { "List-Unsubscribe": `<${url}>`, "List-Unsubscribe-Post": "List-Unsubscribe=One-Click" } : {};
}

/** @throws AppError as `readLink` does. */
export function readSubscription(token: string): Subscription {
  return subscriptionSchema.parse(readLink(PURPOSE, token));
}
