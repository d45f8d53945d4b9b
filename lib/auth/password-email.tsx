import { Layout } from "../email/layout";
import { Action, Greeting, Paragraph } from "../email/parts";
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

export function passwordReset(name: string, url: string): Composed {
  return {
    subject: "Choose a new password",
    body: (
      <Layout
        preview="The link is good for one hour."
        title="Choose a new password"
        reason="You get this email because a password reset was requested for this address."
      >
        <Greeting name={name} />
        <Paragraph>
          Somebody, hopefully you, asked for a new password. The link is good for one hour, and once. If it was not you,
          there is nothing to do: your password stays as it is.
        </Paragraph>
        <Action href={url}>Choose a new password</Action>
      </Layout>
    ),
  };
}
