import { signUp } from "@/app/(store)/auth-actions";
import type { PageQuery } from "@/app/page-props";
import { ActionForm } from "@/app/ui/action-form";
import { Card, Message } from "@/app/ui/display";
import { EmailField, NewPasswordField, TextField } from "@/app/ui/field";
import { TextLink } from "@/app/ui/link";

export const metadata = { title: "Create an account" };

export default async function SignUpPage({ searchParams }: PageQuery<"next" | "sent">) {
  const { next = "", sent } = await searchParams;
  return (
    <Card className="mx-auto grid max-w-md gap-5">
      <h1>Create an account</h1>
      {sent ? (
        <Message title="Check your inbox" tone="good">
          Open the link in the email that we have sent you, and your account is ready. If there is no email after a few
          minutes, look among the spam, or sign in: we then send another one.
        </Message>
      ) : (
        <ActionForm action={signUp} submit="Create account" hidden={{ next }} wide>
          <TextField autoComplete="name" label="Name" name="name" required />
          <EmailField />
          <NewPasswordField label="Password" />
        </ActionForm>
      )}
      <p className="text-sm">
        <TextLink className="inline-flex min-h-11 items-center" href="/sign-in">
          {sent ? "Sign in" : "I already have an account"}
        </TextLink>
      </p>
    </Card>
  );
}
