import { signIn } from "@/app/(store)/auth-actions";
import type { PageQuery } from "@/app/page-props";
import { ActionForm } from "@/app/ui/action-form";
import { Card, Message } from "@/app/ui/display";
import { EmailField, TextField } from "@/app/ui/field";
import { TextLink } from "@/app/ui/link";

export const metadata = { title: "Sign in" };

export default async function SignInPage({ searchParams }: PageQuery<"next" | "reset" | "verified" | "error">) {
  const { next = "", reset, verified, error } = await searchParams;
  return (
    <Card className="mx-auto grid max-w-md gap-5">
      <h1>Sign in</h1>
      {error ? (
        <Message title="This link has expired or is not valid." tone="bad">
          Sign in, and we send you a new one.
        </Message>
      ) : verified ? (
        <Message tone="good">Your address is confirmed. Sign in to go on.</Message>
      ) : null}
      {reset ? <Message tone="good">Your password is changed. Sign in with the new password.</Message> : null}
      <ActionForm action={signIn} submit="Sign in" hidden={{ next }} wide>
        <EmailField />
        <TextField autoComplete="current-password" label="Password" name="password" required type="password" />
      </ActionForm>
      <p className="flex flex-wrap justify-between gap-x-4 text-sm">
        <TextLink
          className="inline-flex min-h-11 items-center"
          href={`/sign-up${next ? `?next=${encodeURIComponent(next)}` : ""}`}
        >
          Create an account
        </TextLink>
        <TextLink className="inline-flex min-h-11 items-center" href="/forgot-password">
          Forgot your password?
        </TextLink>
      </p>
    </Card>
  );
}
