import { requestReset } from "@/app/(store)/auth-actions";
import type { PageQuery } from "@/app/page-props";
import { ActionForm } from "@/app/ui/action-form";
import { Card, Message } from "@/app/ui/display";
import { EmailField } from "@/app/ui/field";

export const metadata = { title: "Forgot your password?" };

export default async function ForgotPasswordPage({ searchParams }: PageQuery<"sent">) {
  const { sent } = await searchParams;
  return (
    <Card className="mx-auto grid max-w-md gap-5">
      <h1>Forgot your password?</h1>
      {sent ? (
        <Message title="Check your inbox" tone="good">
          If an account uses this address, we have sent it a link to reset the password.
        </Message>
      ) : (
        <ActionForm action={requestReset} submit="Send reset link" wide>
          <EmailField />
        </ActionForm>
      )}
    </Card>
  );
}
