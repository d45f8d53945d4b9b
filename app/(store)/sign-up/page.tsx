import { signUp } from "@/app/(store)/auth-actions";
import type { PageQuery } from "@/app/page-props";
import { ActionForm } from "@/app/ui/action-form";
import { Card } from "@/app/ui/display";
import { EmailField, NewPasswordField, TextField } from "@/app/ui/field";
import { TextLink } from "@/app/ui/link";

export const metadata = { title: "Create an account" };

export default async function SignUpPage({ searchParams }: PageQuery<"next">) {
  const { next = "" } = await searchParams;
  return (
    <Card className="mx-auto grid max-w-md gap-5">
      <h1>Create an account</h1>
      <ActionForm action={signUp} submit="Create account" hidden={{ next }} wide>
        <TextField autoComplete="name" label="Name" name="name" required />
        <EmailField />
        <NewPasswordField label="Password" />
      </ActionForm>
      <p className="text-sm">
        <TextLink className="inline-flex min-h-11 items-center" href="/sign-in">
          I already have an account
        </TextLink>
      </p>
    </Card>
  );
}
