import type { Money } from "../money";

/** A product as the shop shows it. */
export interface ProductView {
  id: string;
  sku: string;
  name: string;
  description: string;
  price: Money;
  /** How many can be bought now. */
  available: number;
}
