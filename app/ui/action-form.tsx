"use client";

import { type ReactNode, useActionState } from "react";
import { Button } from "./button";
import { Notice } from "./surface";

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
  const [state, run, pending] = useActionState<FormState, FormData>(action, {});
  return (
    <form action={run} className="grid justify-items-start gap-4 *:w-full [&>button]:w-auto">
      {state.message ? (
        <Notice title={state.message} tone={state.good ? "good" : "bad"}>
          {state.errors?.length ? (
            <ul>
              {state.errors.map(({ path, message }) => (
                <li key={path}>
                  {path}: {message}
                </li>
              ))}
            </ul>
          ) : null}
        </Notice>
      ) : null}
      {children}
      <Button disabled={pending} kind={kind} type="submit">
        {submit}
      </Button>
    </form>
  );
}

/** For what cannot be taken back: the button opens the question, and only its answer acts. */
export function Ask({ label, question, children }: { label: string; question: string; children: ReactNode }) {
  return (
    <details className="rounded-xl border border-line p-4">
      <summary className="font-medium">{label}</summary>
      <div className="mt-3 grid gap-3">
        <p className="text-muted">{question}</p>
        {children}
      </div>
    </details>
  );
}
