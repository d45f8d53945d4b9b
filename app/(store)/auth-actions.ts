"use server";

import { isAPIError } from "better-auth/api";
import { headers } from "next/headers";
import { redirect } from "next/navigation";
import type { FormState } from "@/app/ui/form-state";
import { auth } from "@/lib/auth/auth";
import { withEvenTime } from "@/lib/auth/even-time";
import { safeRedirect } from "@/lib/safe-redirect";

const text = (form: FormData, name: string) => String(form.get(name) ?? "").trim();

/** Returns the state of a form that was refused. It holds what was typed, but no password. */
const refused = (message: string, form: FormData): FormState => ({
  message,
  values: Object.fromEntries(
    [...form].flatMap(([name, value]) => (typeof value === "string" && !/password/i.test(name) ? [[name, value]] : [])),
  ),
});

/** Returns the password untrimmed, because spaces may be part of it. */
const password = (form: FormData) => String(form.get("password") ?? "");

/** Returns the path after signing in. Only paths of this shop are allowed, because a form can send any URL. */
const destination = (form: FormData) => safeRedirect(text(form, "next")) ?? "/account";

export async function signIn(_before: FormState, form: FormData): Promise<FormState> {
  const body = { email: text(form, "email"), password: password(form) };
  const message = await attempt((headers) => auth().api.signInEmail({ headers, body }));
  return message ? refused(message, form) : redirect(destination(form));
}

/** Returns the same result for a known address: its owner reads in the email what to do. */
export async function signUp(_before: FormState, form: FormData): Promise<FormState> {
  const next = safeRedirect(text(form, "next"));
  // The link in the email leads to it: the new customer signs in and goes on where they wanted to.
  const callbackURL = `/sign-in?${new URLSearchParams({ verified: "1", ...(next && { next }) })}`;
  const body = { email: text(form, "email"), name: text(form, "name"), password: password(form), callbackURL };
  const message = await withEvenTime("/sign-up/email", () =>
    attempt((headers) => auth().api.signUpEmail({ headers, body })),
  );
  return message ? refused(message, form) : redirect("/sign-up?sent=1");
}

export async function signOut(): Promise<void> {
  await attempt((headers) => auth().api.signOut({ headers }));
  redirect("/");
}

/** Returns the same result for known and unknown addresses, so the form does not reveal accounts. */
export async function requestReset(_before: FormState, form: FormData): Promise<FormState> {
  const body = { email: text(form, "email"), redirectTo: "/reset-password" };
  const message = await withEvenTime("/request-password-reset", () =>
    attempt((headers) => auth().api.requestPasswordReset({ headers, body })),
  );
  return message ? refused(message, form) : redirect("/forgot-password?sent=1");
}

export async function resetPassword(_before: FormState, form: FormData): Promise<FormState> {
  const body = { token: text(form, "token"), newPassword: password(form) };
  const message = await attempt((headers) => auth().api.resetPassword({ headers, body }));
  return message ? refused(message, form) : redirect("/sign-in?reset=1");
}

/** Changes the password. better-auth then ends all other sessions. */
export async function changePassword(_before: FormState, form: FormData): Promise<FormState> {
  const body = { currentPassword: String(form.get("currentPassword") ?? ""), newPassword: password(form) };
  const message = await attempt((headers) => auth().api.changePassword({ headers, body }));
  return message ? { message } : { good: true, message: "Your password is changed. All other devices are signed out." };
}

/** Returns the same result for an address that has another account. */
export async function changeEmail(_before: FormState, form: FormData): Promise<FormState> {
  const body = { newEmail: text(form, "newEmail"), callbackURL: "/account" };
  const message = await withEvenTime("/change-email", () =>
    attempt((headers) => auth().api.changeEmail({ headers, body })),
  );
  return message
    ? refused(message, form)
    : { good: true, message: "Open the link in the email to your current address, then the one to the new address." };
}

/** Has the email sent whose link deletes the account. */
export async function deleteAccount(_before: FormState, form: FormData): Promise<FormState> {
  const body = { password: password(form), callbackURL: "/" };
  const message = await attempt((headers) => auth().api.deleteUser({ headers, body }));
  return message ? { message } : { good: true, message: "Open the link in the email in this browser to delete it." };
}

/** Messages that say more than better-auth's. */
const MESSAGES: Record<string, string> = {
  EMAIL_NOT_VERIFIED: "Your address is not confirmed yet. Open the link in the email that we have just sent you.",
};

/** Calls better-auth, which checks and rate-limits. Returns the error message for the user, if it fails. */
async function attempt(call: (headers: Headers) => Promise<unknown>): Promise<string | undefined> {
  try {
    await call(await headers());
    return undefined;
  } catch (error) {
    if (!isAPIError(error)) throw error;
    // A field that fails better-auth's schema is named like `[body.email]`.
    return MESSAGES[String(error.body?.code)] ?? error.message.replaceAll(/\[body\.\w+\] /g, "");
  }
}
