/**
 * Returns whether the session of the browser is valid. A page of a session that has ended must not be refreshed: it would be replaced
 * by the sign-in page, with everything that is typed in its forms. Without an answer it counts as valid.
 */
export async function isSignedIn(): Promise<boolean> {
  const response = await fetch("/api/auth/get-session", { cache: "no-store" }).catch(() => undefined);
  return !response?.ok || (await response.json()) !== null;
}
