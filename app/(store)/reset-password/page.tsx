import type { Metadata } from "next";
import { resetPassword } from "@/app/(store)/auth-actions";
import type { PageQuery } from "@/app/page-props";
import { ActionForm } from "@/app/ui/action-form";
import { Card, Message } from "@/app/ui/display";
import { NewPasswordField } from "@/app/ui/field";
import { Link } from "@/app/ui/link";

export const metadata: Metadata = { title: "Choose a new password", referrer: "same-origin" };

export default async function ResetPasswordPage({ searchParams }: PageQuery<"token" | "error">) {
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
        <ActionForm action={resetPassword} submit="Save new password" hidden={{ token }} wide>
          <NewPasswordField label="New password" />
        </ActionForm>
      )}
    </Card>
  );
}
