"use client";

import type { ReactNode } from "react";
import { Button } from "./button";
import { type FormState, RefusedForm } from "./form-state";
import { FormMessage, useFormAction } from "./use-form-action";

interface Props {
  action: (before: FormState, form: FormData) => Promise<FormState>;
  submit: string;
  kind?: "primary" | "quiet" | "danger";
  /** True for a button that is as wide as the form. */
  wide?: boolean;
  /** True for a button beside the fields. */
  inline?: boolean;
  /** The hidden fields. */
  hidden?: Record<string, string>;
  children?: ReactNode;
}

/** A form that shows the result of its action. Without JavaScript, the page shows it after a reload. */
export function ActionForm({ action, ...props }: Props) {
  return <FormBody {...useFormAction<FormState>(action, {})} {...props} />;
}

type BodyProps = Omit<Props, "action"> & {
  state: FormState;
  pending: boolean;
  form: ReturnType<typeof useFormAction<FormState>>["form"];
  /** A button beside the one that submits. */
  beside?: ReactNode;
};

/** The content of an `ActionForm`, for a component that uses the state of the form itself. After an error, its fields show it. */
export function FormBody(props: BodyProps) {
  const { state, pending, form, submit, kind, wide, inline, hidden = {}, beside, children } = props;
  // A refused form sends the same values again, such as its key, also if the page has other ones by now.
  const sent = state.good ? {} : (state.values ?? {});
  const layout = inline
    ? "flex flex-wrap items-end gap-3"
    : `grid gap-4 ${wide ? "" : "justify-items-start *:w-full [&>button]:w-auto"}`;
  const button = (
    <Button busy={pending} kind={kind} type="submit">
      {submit}
    </Button>
  );
  return (
    <form {...form} className={layout}>
      <FormMessage {...state} />
      {Object.entries(hidden).map(([name, value]) => (
        <input key={name} name={name} type="hidden" value={sent[name] ?? value} />
      ))}
      <RefusedForm value={state.good ? {} : state}>{children}</RefusedForm>
      {beside ? (
        <div className="flex flex-wrap justify-end gap-3">
          {beside}
          {button}
        </div>
      ) : (
        button
      )}
    </form>
  );
}
