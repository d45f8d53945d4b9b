"use client";

import type { ReactNode } from "react";
import type { FormState } from "@/app/ui/action-form";
import { Button } from "@/app/ui/button";
import { Message } from "@/app/ui/surface";
import { useFormAction } from "@/app/ui/use-form-action";

/** The frame of the forms for signing in and up: says what went wrong, and works without JavaScript. */
export function AuthForm({
  action,
  submit,
  children,
}: {
  action: (before: FormState, form: FormData) => Promise<FormState>;
  submit: string;
  children: ReactNode;
}) {
  const { state, pending, form } = useFormAction<FormState>(action, {});
  return (
    <form {...form} className="grid gap-4">
      {state.message ? <Message tone="bad">{state.message}</Message> : null}
      {children}
      <Button busy={pending} type="submit">
        {submit}
      </Button>
    </form>
  );
}
