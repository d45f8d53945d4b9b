"use client";

import { type ReactNode, useActionState } from "react";
import { Button } from "@/app/ui/button";
import { Notice } from "@/app/ui/surface";
import type { AuthState } from "./auth-actions";

/** The frame of the forms for signing in and up: says what went wrong, and works without JavaScript. */
export function AuthForm({
  action,
  submit,
  children,
}: {
  action: (before: AuthState, form: FormData) => Promise<AuthState>;
  submit: string;
  children: ReactNode;
}) {
  const [state, run, pending] = useActionState<AuthState, FormData>(action, {});
  return (
    <form action={run} className="grid gap-4">
      {state.message ? <Notice tone="bad">{state.message}</Notice> : null}
      {children}
      <Button disabled={pending} type="submit">
        {submit}
      </Button>
    </form>
  );
}
