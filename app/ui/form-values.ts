import type { FormState } from "./form-state";

/** Returns the typed values of a form. */
export const valuesOf = (form: FormData): Record<string, string> =>
  Object.fromEntries([...form].map(([name, value]) => [name, String(value)]));

/** What an earlier action has left in the state of the form. */
const NO_RESULT = { good: false, stays: false, secret: "", errors: [], signIn: false } satisfies FormState;

/**
 * Returns the state of a form whose action has failed without a result: the connection was lost, or the server had an error, whose
 * number is its digest. The form stays, with its key, so a repetition is the same request. Redirects of Next.js pass through.
 */
export function failedState(error: unknown, form: FormData): FormState {
  const { digest } = error as { digest?: string };
  if (digest?.startsWith("NEXT_")) throw error;
  const lost = error instanceof TypeError;
  const reason = lost ? "The connection was lost." : `An error occurred on our side${digest ? ` (${digest})` : ""}.`;
  const advice = "Please check if this was done, then try again, or reload the page.";
  return { ...NO_RESULT, message: `${reason} ${advice}`, values: valuesOf(form) };
}
