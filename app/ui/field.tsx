import type { ComponentProps, ReactNode } from "react";

const box =
  "min-h-11 w-full rounded-lg border border-edge bg-paper px-3 py-2 text-ink placeholder:text-muted aria-invalid:border-bad";

interface Labelled {
  label: string;
  name: string;
  /** Where a page has several fields of this name. */
  id?: string;
  hint?: ReactNode;
  /** What is wrong with it, said by the server. */
  error?: string;
}

function Frame({ label, name, id = name, hint, error, children }: Labelled & { children: ReactNode }) {
  return (
    <div className="grid content-start gap-1.5">
      <label className="font-medium text-sm" htmlFor={id}>
        {label}
      </label>
      {children}
      {hint && !error ? (
        <p className="text-muted text-sm" id={`${id}-note`}>
          {hint}
        </p>
      ) : null}
      {error ? (
        <p className="text-bad text-sm" id={`${id}-note`}>
          {error}
        </p>
      ) : null}
    </div>
  );
}

const described = ({ name, id = name, hint, error }: Labelled) => ({
  id,
  name,
  "aria-invalid": error ? true : undefined,
  "aria-describedby": hint || error ? `${id}-note` : undefined,
});

export function TextField({ label, name, id, hint, error, ...rest }: Labelled & ComponentProps<"input">) {
  const about = { label, name, id, hint, error };
  return (
    <Frame {...about}>
      <input className={box} {...described(about)} {...rest} />
    </Frame>
  );
}

export function TextArea({ label, name, id, hint, error, ...rest }: Labelled & ComponentProps<"textarea">) {
  const about = { label, name, id, hint, error };
  return (
    <Frame {...about}>
      <textarea className={`${box} min-h-28`} {...described(about)} {...rest} />
    </Frame>
  );
}

export function SelectField({ label, name, id, hint, error, children, ...rest }: Labelled & ComponentProps<"select">) {
  const about = { label, name, id, hint, error };
  return (
    <Frame {...about}>
      <select className={box} {...described(about)} {...rest}>
        {children}
      </select>
    </Frame>
  );
}
