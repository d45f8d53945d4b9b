import { COUNTRIES } from "@/app/countries";
import type { Address } from "@/lib/address";
import { storeEnv } from "@/lib/env";
import { AddressLines } from "./address-lines";
import { CountryField, TextField } from "./field";

/** The fields of an address, with the values of the stored one. */
export const AddressFields = ({ address }: { address: Address | null | undefined }) => (
  <>
    <TextField autoComplete="address-line1" defaultValue={address?.line1} label="Street and number" name="line1" />
    <AddressLines address={address} />
    <div className="grid gap-4 sm:grid-cols-3">
      <TextField autoComplete="postal-code" defaultValue={address?.postalCode} label="Postal code" name="postalCode" />
      <TextField autoComplete="address-level2" defaultValue={address?.city} label="City" name="city" />
      <CountryField countries={COUNTRIES} defaultValue={address?.country ?? storeEnv().STORE_COUNTRY} name="country" />
    </div>
  </>
);
