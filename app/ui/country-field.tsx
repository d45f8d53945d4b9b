import type { ComponentProps } from "react";
import type { Country } from "@/app/countries";
import { SelectField } from "./field";

type Props = Omit<ComponentProps<typeof SelectField>, "children" | "label"> & { countries: Country[] };

/** Choosing a country by its name; the form gets its code. */
export function CountryField({ countries, ...rest }: Props) {
  return (
    <SelectField autoComplete="country" label="Country" {...rest}>
      {countries.map(({ code, name }) => (
        <option key={code} value={code}>
          {name}
        </option>
      ))}
    </SelectField>
  );
}
