import { randomUUID } from "node:crypto";
import { cache } from "react";
import { consolePage, recordTitle } from "@/app/console/console-page";
import { Breakable } from "@/app/ui/breakable";
import { Copyable } from "@/app/ui/copyable";
import { DisclosedForm } from "@/app/ui/disclosed-form";
import { Card, PageContent, StatusBadge } from "@/app/ui/display";
import { EmailPreview } from "@/app/ui/email-preview";
import { TextLink } from "@/app/ui/link";
import { Timestamp } from "@/app/ui/timestamp";
import { viewEmail } from "@/lib/email/view-email";
import { inWords } from "@/lib/in-words";
import { Suppressions } from "../../suppressions";
import { allowEmail, resend } from "../actions";

const load = cache((id: string) => viewEmail(decodeURIComponent(id)));

export const generateMetadata = recordTitle<"id">(async ({ id }) => (await load(id)).subject);

export default consolePage<never, "id">(async ({ id }) => {
  const email = await load(id);
  const { kind, to, subject, status, lastEvent, error, attachments, content, personal, suppressed, createdAt, sentAt } =
    email;
  return (
    <PageContent
      trail={[{ href: "/console/emails", label: "Emails" }]}
      className="max-w-4xl"
      title={subject}
      beside={<StatusBadge status={lastEvent?.replace("email.", "") ?? status} />}
    >
      <Card>
        <dl className="grid grid-cols-[auto_1fr] gap-x-6 gap-y-2 wrap-anywhere [&>dt]:text-muted">
          <dt>To</dt>
          <dd>
            <TextLink href={`/console/emails?to=${encodeURIComponent(to)}`}>
              <Breakable text={to} />
            </TextLink>
          </dd>
          <dt>Kind</dt>
          <dd>{inWords(kind)}</dd>
          <dt>Id</dt>
          <dd>
            <Copyable label="email id" text={email.id}>
              <code>{email.id}</code>
            </Copyable>
          </dd>
          <dt>Created</dt>
          <dd>
            <Timestamp at={createdAt} />
          </dd>
          <dt>Sent</dt>
          <dd>
            <Timestamp at={sentAt} />
          </dd>
          {attachments.length > 0 ? (
            <>
              <dt>Files</dt>
              <dd>{attachments.join(", ")}</dd>
            </>
          ) : null}
          {error ? (
            <>
              <dt>Error</dt>
              <dd className="text-bad">{error}</dd>
            </>
          ) : null}
        </dl>
        <Suppressions action={allowEmail} hidden={{ id }} suppressed={suppressed} />
      </Card>
      {content ? (
        <Card title="Content">
          <p className="whitespace-pre-wrap font-mono text-sm wrap-anywhere">{content.text}</p>
          <details>
            <summary className="inline-flex min-h-11 items-center text-accent underline">Show as HTML</summary>
            <EmailPreview html={content.html} subject={subject} />
          </details>
        </Card>
      ) : (
        <p className="text-muted">
          {personal
            ? "The content is not shown: it has a link that acts for its recipient."
            : "The content is deleted, because the email is old."}
        </p>
      )}
      {content && kind !== "broadcast" && status !== "queued" ? (
        <DisclosedForm
          action={resend}
          hidden={{ id, key: randomUUID() }}
          label="Resend"
          question={`Send the same email to ${to} again?`}
          submit="Yes, resend it"
        />
      ) : null}
    </PageContent>
  );
});
