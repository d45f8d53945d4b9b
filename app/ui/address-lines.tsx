import type { Address } from "@/lib/address";
import { TextField } from "./field";

/** The field, the label and the autofill name of each line that most addresses do not have. */
const LINES = [
  { line: "name", field: "recipient", label: "Recipient", autoComplete: "shipping name" },
  { line: "line2", field: "line2", label: "Address line 2", autoComplete: "address-line2" },
  { line: "region", field: "region", label: "Region", autoComplete: "off" },
  { line: "state", field: "state", label: "State", autoComplete: "address-level1" },
] as const;

/** The fields of those lines that a stored address has. Without its field, a form would delete a line, or ship without it. */
export const AddressLines = ({ address }: { address: Address | null | undefined }) =>
  LINES.filter(({ line }) => address?.[line]).map(({ line, field, ...props }) => (
    <TextField defaultValue={address?.[line]} key={line} name={field} {...props} />
  ));
