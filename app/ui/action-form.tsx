"use client";

import type { ReactNode } from "react";
import { Button } from "./button";
import { Message } from "./surface";
import { useFormAction } from "./use-form-action";

export interface FormState {
  /** The result of the action, or its error. */
  message?: string;
  good?: boolean;
  /** The errors of single fields. */
  errors?: { path: string; message: string }[];
}

interface Props {
  action: (before: FormState, form: FormData) => Promise<FormState>;
  submit: string;
  kind?: "primary" | "quiet" | "danger";
  /** True for a button that is as wide as the form. */
  wide?: boolean;
  /** The hidden fields. */
  hidden?: Record<string, string>;
  children?: ReactNode;
}

/** A form that shows the result of its action. Without JavaScript, the page shows it after a reload. */
export function ActionForm({ action, submit, kind, wide, hidden = {}, children }: Props) {
  const { state, pending, form } = useFormAction<FormState>(action, {});
  return (
    <form {...form} className={`grid gap-4 ${wide ? "" : "justify-items-start *:w-full [&>button]:w-auto"}`}>
      {state.message ? (
        <Message title={state.message} tone={state.good ? "good" : "bad"}>
          {state.errors?.length ? (
            <ul>
              {state.errors.map(({ path, message }) => (
                <li key={path}>
                  {labelOf(path)}: {message}
                </li>
              ))}
            </ul>
          ) : null}
        </Message>
      ) : null}
      {Object.entries(hidden).map(([name, value]) => (
        <input key={name} name={name} type="hidden" value={value} />
      ))}
      {children}
      <Button busy={pending} kind={kind} type="submit">
        {submit}
      </Button>
    </form>
  );
}

/** Returns the label of a field from its path in the request: `Postal code` for `address.postalCode`. */
export function labelOf(path: string): string {
  const words = (path.split(".").at(-1) ?? path).replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
}
