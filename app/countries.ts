import { COUNTRY_CODES, countryName } from "@/lib/address";

/** All countries, sorted by name. The server creates the list, because a browser may use other names. */
export const COUNTRIES = COUNTRY_CODES.map((code) => ({ code, name: countryName(code) })).sort((a, b) =>
  a.name.localeCompare(b.name, "en"),
);

export type Country = (typeof COUNTRIES)[number];
