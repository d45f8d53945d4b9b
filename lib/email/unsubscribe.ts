import { z } from "zod";
import { appEnv } from "../env";
import { withOutbox } from "../outbox";
import { signLink, verifyLink } from "../signed-links";
import {
  type EmailCategory,
  isOptional,
  OPTIONAL_CATEGORIES,
  type OptionalCategory,
  preferencesOf,
  setPreferences,
} from "./consent";

export const unsubscribeQuerySchema = z.object({ token: z.string() });

/** The form's fields. An email program posts `List-Unsubscribe=One-Click` (RFC 8058), which ends this category. */
export const unsubscribeFormSchema = z.object({ choice: z.enum(["this", "all", "again"]).default("this") });

export type Choice = z.output<typeof unsubscribeFormSchema>["choice"];

export type SubscriptionState = Awaited<ReturnType<typeof viewSubscription>>;

/** Returns the address and category of a link from an email, and whether it is wanted. @throws AppError as `verifyLink` does. */
export async function viewSubscription(token: string) {
  const { address, category } = readSubscription(token);
  return { address, category, wanted: (await preferencesOf(address))[category] };
}

/** Unsubscribes from one or all categories, or subscribes again. Safe to repeat. @throws AppError as `verifyLink` does */
export async function changeSubscription(token: string, choice: Choice): Promise<SubscriptionState> {
  const { address, category } = readSubscription(token);
  const wanted =
    choice === "all" ? { marketing: false, product_news: false, digest: false } : { [category]: choice === "again" };
  await withOutbox((tx, publish) => setPreferences(tx, publish, address, wanted));
  return { address, category, wanted: choice === "again" };
}

const PURPOSE = "unsubscribe";

const subscriptionSchema = z.object({
  address: z.string(),
  category: z.enum(Object.keys(OPTIONAL_CATEGORIES) as [OptionalCategory, ...OptionalCategory[]]),
});

/**
 * Returns the unsubscribe link for an address and a category; undefined for transactional email. The link does not expire: it
 * has to work for at least 30 days (16 CFR 316.5), and a recipient may open an old email.
 */
export function unsubscribeUrl(address: string, category: EmailCategory): string | undefined {
  if (!isOptional(category)) return undefined;
  const token = signLink(PURPOSE, { address: address.toLowerCase(), category });
  return `${appEnv().APP_URL}/api/unsubscribe?token=${token}`;
}

/** Returns the headers for unsubscribing with one click in an email program (RFC 2369, RFC 8058). Without a link there are none. */
export const unsubscribeHeaders = (url: string | undefined): Record<string, string> =>
  url ? { "List-Unsubscribe": `<${url}>`, "List-Unsubscribe-Post": "List-Unsubscribe=One-Click" } : {};

/** Returns the content of an unsubscribe link's token. @throws AppError as `verifyLink` does. */
const readSubscription = (token: string) => subscriptionSchema.parse(verifyLink(PURPOSE, token));
