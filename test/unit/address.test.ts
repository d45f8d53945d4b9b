import { getCountryByCode } from "postal-code-checker";
import { expect, test } from "vitest";
import { addressLines, addressSchema, COUNTRY_CODES, enteredAddressSchema } from "@/lib/address";

const enter = (country: string, postalCode?: string) =>
  enteredAddressSchema.safeParse({ line1: "Main Street 1", city: "Town", country, postalCode });

test.each(["HK", "AE", "IE", "JM", "QA", "PA", "AO"])("an address in %s needs no postal code", (country) => {
  expect(enter(country).data).toEqual({ line1: "Main Street 1", city: "Town", country });
});

test.each(["DE", "US", "GB", "SG", "CZ"])("an address in %s needs a postal code", (country) => {
  expect(enter(country).error?.issues).toMatchObject([{ path: ["postalCode"] }]);
  expect(enter(country, " ").error?.issues).toMatchObject([{ path: ["postalCode"] }]);
});

test.each([
  ["DE", "10115", "10115"],
  ["DE", "D-10115", "10115"],
  ["DE", " 10115\u00a0", "10115"],
  ["AT", "1010", "1010"],
  ["GB", "sw1a 1aa", "SW1A 1AA"],
  ["IE", "d02 x285", "D02 X285"],
  ["CA", "K1A-0B1", "K1A0B1"],
  ["IN", "110 001", "110001"],
  ["SE", "SE-114 55", "114 55"],
  ["LV", "LV-1010", "LV-1010"],
  ["JP", "１００−０００１", "100-0001"],
  ["US", "90210–1234", "90210-1234"],
  ["HK", "000000", "000000"],
])("%s: the postal code %j is stored as %j", (country, entered, stored) =>
  expect(enter(country, entered).data?.postalCode).toBe(stored),
);

test.each([
  ["DE", "1011"],
  ["DE", "101155"],
  ["DE", "SW1A 1AA"],
  ["DE", "1O115"],
  ["US", "9021"],
  ["GB", "10115"],
  ["IE", "1"],
  ["PL", "00000000"],
  ["PT", "1000"],
])("%s: %j is not a postal code", (country, entered) =>
  expect(enter(country, entered).error?.issues).toMatchObject([
    { path: ["postalCode"], message: expect.stringMatching(/^must be a postal code of .+, such as /) },
  ]),
);

test.each(["ZZ", "XX", "EU", "UK", "AN", "SU", "XK", "AA", "QO", "DEU", "de", "D", "", " DE", "276"])(
  "%j is not a country",
  (country) => expect(enter(country, "10115").error?.issues).toMatchObject([{ path: ["country"] }]),
);

test("all 249 countries of ISO 3166-1 are accepted with an example of their own postal codes", () => {
  expect(COUNTRY_CODES).toHaveLength(249);
  for (const country of COUNTRY_CODES)
    for (const code of getCountryByCode(country)?.examplePostalCodes ?? [])
      expect([country, code, enter(country, code).success]).toEqual([country, code, true]);
});

test("an address that was stored before these rules is still readable", () => {
  const stored = { line1: "Main Street 1", city: "Town", postalCode: "1", country: "ZZ" };
  expect(addressSchema.parse(stored)).toEqual(stored);
});

test("the label of an address without a postal code has no gap", () =>
  expect(addressLines({ line1: "1 Queen's Road", city: "Central", country: "HK" }, "Kim")).toEqual([
    "Kim",
    "1 Queen's Road",
    "Central",
    "Hong Kong SAR China",
  ]));
