"use server";

import { APIError } from "better-auth/api";
import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { safeRedirect } from "@/app/safe-redirect";
import type { FormState } from "@/app/ui/action-form";
import { auth } from "@/lib/auth/auth";

const text = (form: FormData, name: string) => String(form.get(name) ?? "").trim();

/** Not trimmed: a space may be part of it. */
const password = (form: FormData) => String(form.get("password") ?? "");

/** Only a path of this shop: an address that came with the form could lead anywhere. */
const destination = (form: FormData) => safeRedirect(text(form, "next")) ?? "/account";

export async function signIn(_before: FormState, form: FormData): Promise<FormState> {
  const body = { email: text(form, "email"), password: password(form) };
  const problem = await attempt((headers) => auth().api.signInEmail({ headers, body }));
  return problem ? { message: problem } : redirect(destination(form));
}

export async function signUp(_before: FormState, form: FormData): Promise<FormState> {
  const body = { email: text(form, "email"), name: text(form, "name"), password: password(form) };
  const problem = await attempt((headers) => auth().api.signUpEmail({ headers, body }));
  return problem ? { message: problem } : redirect(destination(form));
}

export async function signOut(): Promise<void> {
  await attempt((headers) => auth().api.signOut({ headers }));
  redirect("/");
}

/** Answers the same whether or not there is such an account. */
export async function requestReset(_before: FormState, form: FormData): Promise<FormState> {
  const body = { email: text(form, "email"), redirectTo: "/reset-password" };
  const problem = await attempt((headers) => auth().api.requestPasswordReset({ headers, body }));
  return problem ? { message: problem } : redirect("/forgot-password?sent=1");
}

export async function resetPassword(_before: FormState, form: FormData): Promise<FormState> {
  const body = { token: text(form, "token"), newPassword: password(form) };
  const problem = await attempt((headers) => auth().api.resetPassword({ headers, body }));
  return problem ? { message: problem } : redirect("/sign-in?reset=1");
}

/** Calls better-auth, with its checks and limits. Returns what is wrong, in words for the person at the form. */
async function attempt(call: (headers: Headers) => Promise<unknown>): Promise<string | undefined> {
  try {
    await call(await headers());
    return undefined;
  } catch (error) {
    if (error instanceof APIError) return error.message;
    throw error;
  }
}
