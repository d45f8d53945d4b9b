"use client";

import { type ComponentProps, type ReactNode, useContext } from "react";
import type { Country } from "@/app/countries";
import { errorOf, type FormState, RefusedForm } from "./form-state";

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

type TypedProps = FieldProps & { type?: string; defaultValue?: ComponentProps<"input">["defaultValue"] };

/**
 * Returns a label, its control, and below it the error or the hint. A field of a form that was refused shows its own error, and what
 * was typed: without JavaScript the page is new.
 */
function field<P extends TypedProps>(
  { label, hint, error: given, ...props }: P,
  refused: FormState,
  control: (props: Omit<P, "label" | "hint" | "error">) => ReactNode,
) {
  const { id = props.name } = props;
  const error = given ?? errorOf(refused, props.name);
  const typed = props.type === "password" ? undefined : refused.values?.[props.name];
  const note = error ?? hint;
  return (
    <div className="grid content-start gap-1.5">
      <label className="font-medium text-sm" htmlFor={id}>
        {label}
      </label>
      {control({
        ...props,
        ...(typed !== undefined && { defaultValue: typed }),
        id,
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

export function TextField(props: FieldProps & ComponentProps<"input">) {
  return field(props, useContext(RefusedForm), (control) => <input className={box} {...control} />);
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

/** A field for a file. A file can also be dropped on it: browsers do so without JavaScript. No form can hold a file again. */
export const FileField = (props: FieldProps & ComponentProps<"input">) =>
  field(props, {}, (control) => (
    <input
      className="w-full min-w-0 cursor-pointer rounded-lg border border-edge border-dashed bg-paper px-3 py-6 text-ink file:mr-3 file:min-h-11 file:cursor-pointer file:rounded-lg file:border file:border-line file:border-solid file:bg-raised file:px-4 file:py-2 file:font-medium file:text-ink hover:bg-raised aria-invalid:border-bad"
      type="file"
      {...control}
    />
  ));

export function TextArea(props: FieldProps & ComponentProps<"textarea">) {
  const refused = useContext(RefusedForm);
  return field(props, refused, (control) => <textarea className={`${box} min-h-28`} {...control} />);
}

/** `options` are the labels of the values, in their order. */
export function SelectField({
  options = {},
  ...props
}: FieldProps & ComponentProps<"select"> & { options?: Record<string, string> }) {
  return field(props, useContext(RefusedForm), ({ children, ...control }) => (
    <select className={box} {...control}>
      {children}
      {Object.entries(options).map(([value, label]) => (
        <option key={value} value={value}>
          {label}
        </option>
      ))}
    </select>
  ));
}

/** A checkbox with its label. In a form that was refused, it is checked if it was sent. */
export function Checkbox({ label, name = "", ...props }: { label: string } & ComponentProps<"input">) {
  const { values } = useContext(RefusedForm);
  const typed = values && { defaultChecked: values[name] !== undefined };
  return (
    <label className="flex min-h-11 items-center gap-3">
      <input className="size-5 shrink-0 accent-accent" name={name} type="checkbox" {...props} {...typed} /> {label}
    </label>
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
export function CountryField({ countries, ...props }: CountryProps) {
  return (
    <SelectField autoComplete="country" label="Country" {...props}>
      {countries.map(({ code, name }) => (
        <option key={code} value={code}>
          {name}
        </option>
      ))}
    </SelectField>
  );
}
