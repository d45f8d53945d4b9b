import type { Metadata } from "next";
import { resetPassword } from "@/app/(store)/auth-actions";
import { AuthForm } from "@/app/(store)/auth-form";
import { TextField } from "@/app/ui/field";
import { Link } from "@/app/ui/link";
import { Card, Message } from "@/app/ui/surface";

export const metadata: Metadata = { title: "Choose a new password", referrer: "no-referrer" };

export default async function ResetPasswordPage({
  searchParams,
}: {
  searchParams: Promise<{ token?: string; error?: string }>;
}) {
  const { token, error } = await searchParams;
  return (
    <Card className="mx-auto grid max-w-md gap-5">
      <h1>Choose a new password</h1>
      {!token || error ? (
        <Message title="This link has expired or is not valid." tone="bad">
          <Link className="underline" href="/forgot-password">
            Request a new link
          </Link>
        </Message>
      ) : (
        <AuthForm action={resetPassword} submit="Save new password">
          <input name="token" type="hidden" value={token} />
          <TextField
            autoComplete="new-password"
            hint="At least eight characters"
            label="New password"
            maxLength={128}
            minLength={8}
            name="password"
            required
            type="password"
          />
        </AuthForm>
      )}
    </Card>
  );
}
