import type { z } from "zod";
import type { addressSchema } from "../checkout/request";

const countries = new Intl.DisplayNames("en", { type: "region" });

/** An address as it stands on a parcel, with the buyer's name where it has none of its own. */
export function addressLines(address: z.output<typeof addressSchema>, buyer: string | null): string[] {
  const { name = buyer, line1, line2, postalCode, city, region, state, country } = address;
  const lines = [name, line1, line2, `${postalCode} ${city}`, region, state, countries.of(country)];
  return lines.filter((line) => line !== undefined && line !== null);
}
