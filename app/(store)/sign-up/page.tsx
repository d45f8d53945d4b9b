import type { Metadata } from "next";
import { signUp } from "@/app/(store)/auth-actions";
import { AuthForm } from "@/app/(store)/auth-form";
import { TextField } from "@/app/ui/field";
import { Link } from "@/app/ui/link";
import { Card } from "@/app/ui/surface";

export const metadata: Metadata = { title: "Create an account" };

export default async function SignUpPage({ searchParams }: { searchParams: Promise<{ next?: string }> }) {
  const { next = "" } = await searchParams;
  return (
    <Card className="mx-auto grid max-w-md gap-5">
      <h1>Create an account</h1>
      <AuthForm action={signUp} submit="Create account">
        <input name="next" type="hidden" value={next} />
        <TextField autoComplete="name" label="Name" name="name" required />
        <TextField autoComplete="email" label="Email" name="email" required type="email" />
        <TextField
          autoComplete="new-password"
          hint="At least eight characters"
          label="Password"
          maxLength={128}
          minLength={8}
          name="password"
          required
          type="password"
        />
      </AuthForm>
      <p className="text-sm">
        <Link className="inline-flex min-h-11 items-center text-accent underline" href="/sign-in">
          I already have an account
        </Link>
      </p>
    </Card>
  );
}
