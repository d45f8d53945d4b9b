import { composeEmail } from "../email/compose-email";
import { Paragraph } from "../email/parts";
import type { Composed } from "../email/render-email";
import { queueEmail } from "../email/send-email";
import { fingerprint } from "../ids";

/** Queues the email with the link to choose a new password. A workflow sends it: a request never waits for email. */
export async function queuePasswordEmail(
  user: { id: string; email: string; name: string },
  url: string,
): Promise<void> {
  await queueEmail(
    { kind: "password_reset", entityId: `${user.id}:${fingerprint(url).slice(0, 16)}`, to: user.email },
    () => passwordReset(user.name, url),
  );
}

export const passwordReset = (name: string, url: string): Composed =>
  composeEmail(
    {
      subject: "Choose a new password",
      preview: "The link is good for one hour.",
      reason: "You get this email because a password reset was requested for this address.",
      ...{ name, action: "Choose a new password", href: url },
    },
    <Paragraph>
      Somebody, hopefully you, asked for a new password. The link is good for one hour, and once. If it was not you,
      there is nothing to do: your password stays as it is.
    </Paragraph>,
  );
