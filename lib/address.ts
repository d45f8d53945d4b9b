import { z } from "zod";
import { plainTextSchema } from "./text";

/** A postal address as the API accepts it. */
export const addressSchema = z.strictObject({
  name: plainTextSchema(200).optional(),
  line1: plainTextSchema(200),
  line2: plainTextSchema(200).optional(),
  city: plainTextSchema(100),
  region: plainTextSchema(100).optional(),
  state: plainTextSchema(100).optional(),
  postalCode: plainTextSchema(20),
  country: z.string().regex(/^[A-Z]{2}$/, "must be an ISO 3166 country code, such as DE"),
});

export type Address = z.output<typeof addressSchema>;

const countries = new Intl.DisplayNames("en", { type: "region" });

/** Returns the lines of an address label. If the address has no name, the customer's name is used. */
export function addressLines(address: Address, customerName: string | null): string[] {
  const { name = customerName, line1, line2, postalCode, city, region, state, country } = address;
  const lines = [name, line1, line2, `${postalCode} ${city}`, region, state, countries.of(country)];
  return lines.filter((line) => line !== undefined && line !== null);
}
