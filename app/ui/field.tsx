import type { ComponentProps, ReactNode } from "react";
import type { Country } from "@/app/countries";

const box =
  "min-h-11 w-full rounded-lg border border-edge bg-paper px-3 py-2 text-ink placeholder:text-muted aria-invalid:border-bad";

interface FieldProps {
  label: string;
  name: string;
  /** Required if a page has several fields with this name. */
  id?: string;
  hint?: ReactNode;
  /** The error that the server returned. */
  error?: string;
}

type Control = { id: string; name: string; "aria-invalid"?: true; "aria-describedby"?: string };

/** A label, its control, and below it the error or the hint. */
function Field({
  label,
  name,
  id = name,
  hint,
  error,
  control,
}: FieldProps & { control: (props: Control) => ReactNode }) {
  const note = error ?? hint;
  return (
    <div className="grid content-start gap-1.5">
      <label className="font-medium text-sm" htmlFor={id}>
        {label}
      </label>
      {control({
        id,
        name,
        "aria-invalid": error ? true : undefined,
        "aria-describedby": note ? `${id}-note` : undefined,
      })}
      {note ? (
        <p className={`text-sm ${error ? "text-bad" : "text-muted"}`} id={`${id}-note`}>
          {note}
        </p>
      ) : null}
    </div>
  );
}

export function TextField({ label, name, id, hint, error, ...rest }: FieldProps & ComponentProps<"input">) {
  return (
    <Field {...{ label, name, id, hint, error }} control={(props) => <input className={box} {...props} {...rest} />} />
  );
}

/** A field for an email address. `type="email"` would refuse letters beyond ASCII before the @, which RFC 6531 allows. */
export function EmailField(props: Partial<ComponentProps<typeof TextField>>) {
  return (
    <TextField
      autoCapitalize="none"
      autoComplete="email"
      inputMode="email"
      label="Email"
      name="email"
      required
      {...props}
    />
  );
}

export function TextArea({ label, name, id, hint, error, ...rest }: FieldProps & ComponentProps<"textarea">) {
  return (
    <Field
      {...{ label, name, id, hint, error }}
      control={(props) => <textarea className={`${box} min-h-28`} {...props} {...rest} />}
    />
  );
}

export function SelectField({ label, name, id, hint, error, ...rest }: FieldProps & ComponentProps<"select">) {
  return (
    <Field {...{ label, name, id, hint, error }} control={(props) => <select className={box} {...props} {...rest} />} />
  );
}

/** A field for a new password, with the length that better-auth requires. */
export function NewPasswordField({ label }: { label: string }) {
  return (
    <TextField
      autoComplete="new-password"
      hint="At least eight characters"
      label={label}
      maxLength={128}
      minLength={8}
      name="password"
      required
      type="password"
    />
  );
}

type CountryProps = Omit<ComponentProps<typeof SelectField>, "children" | "label"> & { countries: Country[] };

/** A field for a country. It shows names and sends the code. */
export function CountryField({ countries, ...rest }: CountryProps) {
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
