import type { Metadata } from "next";
import { requireOperator } from "@/app/session";
import { Button } from "@/app/ui/button";
import { TextField } from "@/app/ui/field";
import { Pager } from "@/app/ui/pager";
import { Badge, Empty, type Tone } from "@/app/ui/surface";
import { Cell, Row, Table } from "@/app/ui/table";
import { When } from "@/app/ui/when";
import { listMails, type MailSummary, mailListSchema } from "@/lib/email/list-mails";

export const metadata: Metadata = { title: "Mails" };

const TONES: Record<MailSummary["status"], Tone> = {
  queued: "warn",
  sent: "good",
  suppressed: "neutral",
  failed: "bad",
  stopped: "neutral",
};

export default async function MailsPage({ searchParams }: { searchParams: Promise<{ to?: string; cursor?: string }> }) {
  await requireOperator("/console/emails");
  const { to, cursor } = await searchParams;
  const { items, nextCursor } = await listMails(
    mailListSchema.catch({ limit: 25 }).parse({ ...(to && { to }), ...(cursor && { cursor }) }),
  );
  return (
    <div className="grid gap-6">
      <h1>Mails</h1>
      <search>
        <form action="/console/emails" className="flex flex-wrap items-end gap-3">
          <TextField defaultValue={to} label="Recipient" name="to" type="search" />
          <Button kind="quiet" type="submit">
            Show
          </Button>
        </form>
      </search>
      {items.length === 0 ? (
        <Empty title={to ? `No mail has gone to ${to}.` : "No mail has been written yet."} />
      ) : (
        <Table caption="Mails, newest first" head={["Mail", "To", "State", "Written (UTC)"]}>
          {items.map((mail) => (
            <Row key={mail.id}>
              <Cell>
                {mail.subject}
                {mail.error ? <p className="text-bad">{mail.error}</p> : null}
              </Cell>
              <Cell>{mail.to}</Cell>
              <Cell>
                <Badge tone={TONES[mail.status]}>{mail.lastEvent?.replace("email.", "") ?? mail.status}</Badge>
              </Cell>
              <Cell>
                <When at={mail.createdAt} />
              </Cell>
            </Row>
          ))}
        </Table>
      )}
      <Pager nextCursor={nextCursor} query={{ to }} />
    </div>
  );
}
