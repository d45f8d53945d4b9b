"use client";

import { type FormEvent, startTransition, useActionState, useEffect, useRef } from "react";

/**
 * Wraps `useActionState` for a form that keeps its input after an error. React resets a form after each action; this hook
 * resets it only after a success. Spread `form` onto the form. Without JavaScript, the action also works.
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
