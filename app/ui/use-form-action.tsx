"use client";

import { type FormEvent, type ReactNode, startTransition, useActionState, useContext, useEffect, useRef } from "react";
import { Message } from "./display";
import { fieldSentence } from "./field-label";
import { errorOf, type FormState, SecretView } from "./form-state";
import { failedState } from "./form-values";
import { focusContent } from "./return-focus";
import { showToast } from "./toast";

/**
 * Wraps `useActionState` for a form that keeps its input after an error, such as a lost connection. React resets a form after each
 * action; this hook resets it only after a success. Spread `form` onto the form, and `field(name)` onto a field to show its value
 * and its error. Where the page has a toaster, a success shows as a toast, also if the form is gone by then. Without JavaScript, the
 * action also works, and the form shows the message.
 */
export function useFormAction<S extends FormState>(
  action: (before: Awaited<S>, form: FormData) => Promise<Awaited<S>>,
  initial: Awaited<S>,
) {
  const isDone = useRef(false);
  const send = async (before: Awaited<S>, form: FormData): Promise<Awaited<S>> => {
    const after = await action(before, form).catch((error) => ({ ...before, ...failedState(error, form) }));
    isDone.current = after.good === true;
    const isToast = after.good && !after.stays && after.message && showToast(after.message);
    return isToast ? { ...after, message: undefined } : after;
  };
  // The server renders the form with the action itself, which a browser without JavaScript can send.
  const isServer = typeof window === "undefined";
  const [state, run, pending] = useActionState<S, FormData>(isServer ? action : send, initial);
  const ref = useRef<HTMLFormElement>(null);
  useEffect(
    () => () => {
      // If the form goes away after its success, the focus must not be lost with it.
      if (isDone.current && document.activeElement === document.body) focusContent();
    },
    [],
  );
  useEffect(() => {
    if (state.good) ref.current?.reset();
    // Focus moves the message into view, and a screen reader reads it.
    ref.current?.querySelector<HTMLElement>("[data-form-message]")?.focus();
  }, [state]);
  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const submitter = event.nativeEvent instanceof SubmitEvent ? event.nativeEvent.submitter : null;
    const data = new FormData(event.currentTarget, submitter);
    startTransition(() => run(data));
  };
  const field = (name: string) => ({
    name,
    defaultValue: state.values?.[name],
    error: errorOf(state, name),
  });
  return { state, pending, form: { action: run, onSubmit, ref }, field };
}

/** `partly`: the action has changed some of several rows. */
type FormMessageProps = FormState & { partly?: boolean; children?: ReactNode };

/** The result of an action, with the errors of single fields. */
export function FormMessage({
  message,
  good,
  partly = false,
  secret,
  signIn,
  errors = [],
  children,
}: FormMessageProps) {
  const Secret = useContext(SecretView);
  if (!message) return null;
  return (
    <Message data-form-message tabIndex={-1} title={message} tone={good ? (partly ? "warn" : "good") : "bad"}>
      {errors.length > 0 ? (
        <ul>
          {errors.map(({ path, message }) => (
            <li key={path}>{fieldSentence(path, message)}</li>
          ))}
        </ul>
      ) : null}
      {secret && Secret ? <Secret secret={secret} /> : null}
      {children}
      {signIn ? (
        <a className="inline-flex min-h-11 items-center underline" href="/sign-in" rel="noreferrer" target="_blank">
          Sign in (in a new tab)
        </a>
      ) : null}
    </Message>
  );
}
