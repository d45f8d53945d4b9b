import type { Metadata } from "next";
import { signIn } from "@/app/(store)/auth-actions";
import { AuthForm } from "@/app/(store)/auth-form";
import { TextField } from "@/app/ui/field";
import { Link } from "@/app/ui/link";
import { Card, Message } from "@/app/ui/surface";

export const metadata: Metadata = { title: "Sign in" };

export default async function SignInPage({
  searchParams,
}: {
  searchParams: Promise<{ next?: string; reset?: string }>;
}) {
  const { next = "", reset } = await searchParams;
  return (
    <Card className="mx-auto grid max-w-md gap-5">
      <h1>Sign in</h1>
      {reset ? <Message tone="good">Your password is changed. Sign in with the new password.</Message> : null}
      <AuthForm action={signIn} submit="Sign in">
        <input name="next" type="hidden" value={next} />
        <TextField autoComplete="email" label="Email" name="email" required type="email" />
        <TextField autoComplete="current-password" label="Password" name="password" required type="password" />
      </AuthForm>
      <p className="flex flex-wrap justify-between gap-x-4 text-sm">
        <Link
          className="inline-flex min-h-11 items-center text-accent underline"
          href={`/sign-up${next ? `?next=${encodeURIComponent(next)}` : ""}`}
        >
          Create an account
        </Link>
        <Link className="inline-flex min-h-11 items-center text-accent underline" href="/forgot-password">
          Forgot your password?
        </Link>
      </p>
    </Card>
  );
}
