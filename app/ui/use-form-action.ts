"use client";

import { type FormEvent, startTransition, useActionState, useEffect, useRef } from "react";

/**
 * `useActionState` for a form that keeps what was typed when it is refused: React empties a form after each action, and
 * here only one that went well is. Spread `form` onto the form; without JavaScript its action works all the same.
 */
export function useFormAction<S extends { good?: boolean }>(
  action: (before: Awaited<S>, form: FormData) => Promise<Awaited<S>>,
  initial: Awaited<S>,
) {
  const [state, run, pending] = useActionState<S, FormData>(action, initial);
  const ref = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (state.good) ref.current?.reset();
  }, [state]);
  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const submitter = event.nativeEvent instanceof SubmitEvent ? event.nativeEvent.submitter : null;
    const data = new FormData(event.currentTarget, submitter);
    startTransition(() => run(data));
  };
  return { state, pending, form: { action: run, onSubmit, ref } };
}
