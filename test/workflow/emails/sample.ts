import type { EmailKind } from "@/lib/email/email-kinds";
import type { Compose } from "@/lib/email/send-email";

/** A sample of an email, and the text that it must contain. */
export interface Sample {
  /** Its difference from other samples of its kind. */
  about: string;
  compose: Compose;
  says: string[];
}

export type Samples<Kind extends EmailKind> = Record<Kind, Sample[]>;

export const SHOP = "https://shop.example";
export const ACCOUNT = `${SHOP}/account`;

/** Line items with names of all lengths. */
export const THINGS: { name: string; quantity: number; total: { amount: number; currency: string } }[] = [
  { name: "Desk lamp", quantity: 1, amount: 11_900 },
  { name: "Kaffeemühle „Größe XL“ aus Nussbaumholz mit einem Mahlwerk aus Keramik", quantity: 12, amount: 1_234_500 },
  { name: "Donaudampfschifffahrtsgesellschaftskapitänsmützenständer", quantity: 2, amount: 9_998 },
  { name: "Rucksack, 18 l", quantity: 1, amount: 13_900 },
].map(({ amount, ...thing }) => ({ ...thing, total: { amount, currency: "EUR" } }));
