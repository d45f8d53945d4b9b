import { z } from "zod";
import { transaction } from "../db";
import { announce } from "../outbox";
import type { OptionalCategory } from "./consent";
import { type Preferences, preferencesOf, setPreferences } from "./preferences";
import { readSubscription } from "./unsubscribe-link";

export const unsubscribeQuerySchema = z.object({ token: z.string() });

/** What the form says. An email program says `List-Unsubscribe=One-Click` (RFC 8058), which ends this category. */
export const unsubscribeFormSchema = z.object({ choice: z.enum(["this", "all", "again"]).default("this") });

export type Choice = z.output<typeof unsubscribeFormSchema>["choice"];

export interface SubscriptionState {
  address: string;
  category: OptionalCategory;
  /** Whether email of this category is wanted. */
  wanted: boolean;
}

/** What a link from an email is about, and how things stand. @throws AppError as `verifyLink` does. */
export async function viewSubscription(token: string): Promise<SubscriptionState> {
  const { address, category } = readSubscription(token);
  return { address, category, wanted: (await preferencesOf(address))[category] };
}

/**
 * Ends email of the link's category, or all that one can do without, or takes it up again. Saying it twice changes nothing.
 * @throws AppError as `verifyLink` does.
 */
export async function changeSubscription(token: string, choice: Choice): Promise<SubscriptionState> {
  const { address, category } = readSubscription(token);
  const wanted = choice === "all" ? NOTHING : { [category]: choice === "again" };
  await announce(await transaction((tx) => setPreferences(tx, address, wanted)));
  return { address, category, wanted: choice === "again" };
}

const NOTHING: Preferences = { marketing: false, product_news: false, digest: false };
