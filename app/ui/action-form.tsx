"use client";

import type { ReactNode } from "react";
import { Button } from "./button";
import { labelOf } from "./label-of";
import { Message } from "./surface";
import { useFormAction } from "./use-form-action";

export interface FormState {
  /** What came of it, or what is wrong on the whole. */
  message?: string;
  good?: boolean;
  /** What is wrong with which field. */
  errors?: { path: string; message: string }[];
}

interface Props {
  action: (before: FormState, form: FormData) => Promise<FormState>;
  submit: string;
  kind?: "primary" | "quiet" | "danger";
  children?: ReactNode;
}

/** A form that says what came of it; without JavaScript the page says it after a reload. */
export function ActionForm({ action, submit, kind, children }: Props) {
  const { state, pending, form } = useFormAction<FormState>(action, {});
  return (
    <form {...form} className="grid justify-items-start gap-4 *:w-full [&>button]:w-auto">
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
      {children}
      <Button busy={pending} kind={kind} type="submit">
        {submit}
      </Button>
    </form>
  );
}
