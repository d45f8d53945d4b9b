import type { ComponentProps } from "react";
import { DisclosedForm } from "@/app/ui/disclosed-form";
import type { SuppressionReason } from "@/prisma/generated/enums";

const MEANINGS: Record<SuppressionReason, string> = {
  bounced: "The address gets no email: an email to it came back.",
  complained: "The address only gets email about orders: the recipient marked an email as spam.",
  manual: "The address gets no email: an operator or a deleted account has suppressed it.",
};

/** Why an address gets no email. An operator can end the suppression after a bounce. */
export function Suppressions({
  suppressed,
  ...form
}: { suppressed: SuppressionReason[] } & Pick<ComponentProps<typeof DisclosedForm>, "action" | "hidden">) {
  return (
    <>
      {suppressed.map((reason) => (
        <p className="text-bad" key={reason}>
          {MEANINGS[reason]}
        </p>
      ))}
      {suppressed.includes("bounced") ? (
        <DisclosedForm
          {...form}
          label="Allow email again"
          question="Do this when the mailbox works again. First remove the address from the suppressions at Resend. Otherwise the next email suppresses it again."
          submit="Yes, allow email"
        />
      ) : null}
    </>
  );
}
