import type { FormState } from "./form-state";

/** Returns the typed values of a form. */
export const valuesOf = (form: FormData): Record<string, string> =>
  Object.fromEntries([...form].map(([name, value]) => [name, String(value)]));

/**
 * Returns the state of a form whose action has failed without a result: the connection was lost, or the server had an error, whose
 * number is its digest. The form stays, with its key, so a repetition is the same request. Redirects of Next.js pass through.
 */
export function failedState(error: unknown, form: FormData): FormState {
  const { digest } = error as { digest?: string };
  if (digest?.startsWith("NEXT_")) throw error;
  const reason = digest ? `An error occurred on our side (${digest}).` : "The connection was lost.";
  return { message: `${reason} Please check if this was done, then try again.`, values: valuesOf(form) };
}
