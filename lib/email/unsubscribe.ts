import { z } from "zod";
import { withOutbox } from "../outbox";
import type { OptionalCategory } from "./consent";
import { preferencesOf, setPreferences } from "./preferences";
import { readSubscription } from "./unsubscribe-link";

export const unsubscribeQuerySchema = z.object({ token: z.string() });

/** The form's fields. An email program posts `List-Unsubscribe=One-Click` (RFC 8058), which ends this category. */
export const unsubscribeFormSchema = z.object({ choice: z.enum(["this", "all", "again"]).default("this") });

export type Choice = z.output<typeof unsubscribeFormSchema>["choice"];

export interface SubscriptionState {
  address: string;
  category: OptionalCategory;
  /** Whether email of this category is wanted. */
  wanted: boolean;
}

/** Returns the address and category of a link from an email, and whether it is wanted. @throws AppError as `verifyLink` does. */
export async function viewSubscription(token: string): Promise<SubscriptionState> {
  const { address, category } = readSubscription(token);
  return { address, category, wanted: (await preferencesOf(address))[category] };
}

/**
 * Unsubscribes from the link's category or from all optional email, or subscribes again. Repeating it changes nothing.
 * @throws AppError as `verifyLink` does.
 */
export async function changeSubscription(token: string, choice: Choice): Promise<SubscriptionState> {
  const { address, category } = readSubscription(token);
  const wanted =
    choice === "all" ? { marketing: false, product_news: false, digest: false } : { [category]: choice === "again" };
  await withOutbox((tx, publish) => setPreferences(tx, publish, address, wanted));
  return { address, category, wanted: choice === "again" };
}
