import { stop } from "@/app/console/broadcasts/actions";
import { orNotFound } from "@/app/or-not-found";
import type { PageParams } from "@/app/page-props";
import { requireOperator } from "@/app/session";
import { ActionForm } from "@/app/ui/action-form";
import { Disclosure } from "@/app/ui/disclosure";
import { Figures } from "@/app/ui/figures";
import { Refresher } from "@/app/ui/refresher";
import { StatusBadge } from "@/app/ui/status-badge";
import { Card, Progress } from "@/app/ui/surface";
import { viewBroadcast } from "@/lib/broadcasts/broadcasts";

export const metadata = { title: "Broadcast" };

export default async function BroadcastPage({ params }: PageParams<"id">) {
  const { id } = await params;
  await requireOperator();
  const broadcast = await orNotFound(viewBroadcast(id));
  const { title, message, status, counts, engagement } = broadcast;
  const { delivered, opened, clicked, bounced, complained } = engagement;
  const active = status === "planning" || status === "sending";
  return (
    <div className="grid max-w-3xl gap-6">
      {active ? <Refresher /> : null}
      <div className="flex flex-wrap items-center gap-3">
        <h1>{title}</h1>
        <StatusBadge status={status} />
      </div>
      <Card className="grid gap-4">
        <Progress label="Sent" max={counts.recipients} value={counts.recipients - counts.pending} />
        <Figures figures={counts} />
      </Card>
      <Card className="grid gap-3">
        <h2>Engagement</h2>
        <Figures figures={{ delivered, opened, clicked, bounced, complained }} />
      </Card>
      <Card className="grid gap-3">
        <h2>Message</h2>
        <p className="whitespace-pre-line">{message}</p>
      </Card>
      {active ? (
        <Disclosure
          label="Stop sending"
          question="Pending emails will not be sent. You cannot resume the broadcast."
          tone="bad"
        >
          <ActionForm action={stop} hidden={{ id }} kind="danger" submit="Yes, stop sending" />
        </Disclosure>
      ) : null}
    </div>
  );
}
