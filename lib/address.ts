import { format, getAllCountries, getCountryByCode } from "postal-code-checker";
import { z } from "zod";
import { plainTextSchema } from "./text";

/** A stored postal address. It may be older than the rules of `enteredAddressSchema`. */
export const addressSchema = z.strictObject({
  name: plainTextSchema(200).optional(),
  line1: plainTextSchema(200),
  line2: plainTextSchema(200).optional(),
  city: plainTextSchema(100),
  region: plainTextSchema(100).optional(),
  state: plainTextSchema(100).optional(),
  postalCode: plainTextSchema(20).optional(),
  country: z.string().regex(/^[A-Z]{2}$/, "must be an ISO 3166 country code, such as DE"),
});

export type Address = z.output<typeof addressSchema>;

/** The assigned country codes of ISO 3166-1. */
export const COUNTRY_CODES: string[] = getAllCountries().map(({ countryCode }) => countryCode);

/**
 * Countries where an address needs a postal code: those of Google's address data (libaddressinput, `require` with Z), and the
 * other members of the European Economic Area. Ireland is not one of them: many addresses there have no known Eircode.
 */
const NEEDS_POSTAL_CODE = new Set(
  `AS AT AU AX BE BG BL BR CA CH CN CY CZ DE DK EE ES FI FK FM FR GB GF GG GL GP GR GS GU HR HU IM IN IO IS IT JE JP KR LI LT LU
  LV MF MH MP MQ MT MX MY NC NL NO NZ PF PL PM PN PR PT PW RE RO RU SE SG SH SI SJ SK SM TC TR TW UA US VI WF YT ZA`.split(
    /\s+/,
  ),
);

/**
 * A postal address as a person enters it. The country is an assigned ISO 3166-1 code, and the postal code has the country's
 * format. It is stored in capitals, without a country prefix such as `D-`. Without postal codes in the country, any text fits.
 */
export const enteredAddressSchema = addressSchema
  .extend({
    country: z.string().refine((code) => COUNTRY_CODES.includes(code), "must be an ISO 3166 country code, such as DE"),
  })
  .transform((address, context) => {
    const { postalCode, country } = address;
    const name = countryName(country);
    const [example] = getCountryByCode(country)?.examplePostalCodes ?? [];
    const refuse = (message: string) => {
      context.addIssue({ code: "custom", path: ["postalCode"], message });
      return z.NEVER;
    };
    if (postalCode === undefined) return NEEDS_POSTAL_CODE.has(country) ? refuse(`is required in ${name}`) : address;
    if (example === undefined) return address;
    const code = toPostalCode(country, postalCode);
    return code === null
      ? refuse(`must be a postal code of ${name}, such as ${example}`)
      : { ...address, postalCode: code };
  });

/** Returns the postal code as its country writes it, or null if it does not have the country's format. */
function toPostalCode(country: string, entered: string): string | null {
  const code = entered
    .normalize("NFKC")
    .replace(/[\p{Pd}\u2212]/gu, "-")
    .replace(/\s+/g, " ");
  const withoutPrefix = code.replace(/^[a-z]{1,3}[- ](?=\d)/i, "");
  return format(country, code) ?? format(country, withoutPrefix) ?? format(country, code.replace(/[- ]/g, ""));
}

const names = new Intl.DisplayNames("en", { type: "region" });

/** Returns the English name of a country. */
export const countryName = (code: string): string => names.of(code) ?? code;

/** Returns the lines of an address label. If the address has no name, the customer's name is used. */
export function addressLines(address: Address, customerName: string | null): string[] {
  const { name = customerName, line1, line2, postalCode, city, region, state, country } = address;
  const place = [postalCode, city].filter(Boolean).join(" ");
  const lines = [name, line1, line2, place, region, state, countryName(country)];
  return lines.filter((line) => line !== undefined && line !== null);
}
