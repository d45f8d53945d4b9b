import { cache } from "react";
import { stop } from "@/app/console/broadcasts/actions";
import { startText } from "@/app/console/broadcasts/start-text";
import { consolePage, recordTitle } from "@/app/console/console-page";
import { DisclosedForm } from "@/app/ui/disclosed-form";
import { Card, Figures, PageContent, Progress, StatusBadge } from "@/app/ui/display";
import { LiveConsole } from "@/app/ui/live-progress";
import { Refresher } from "@/app/ui/refresher";
import { viewBroadcast } from "@/lib/broadcasts/view-broadcasts";

const load = cache(viewBroadcast);

export const generateMetadata = recordTitle<"id">(async ({ id }) => (await load(id)).title);

export default consolePage<never, "id">(async ({ id }) => {
  const { title, message, status, counts, engagement, scheduledAt } = await load(id);
  const { delivered, opened, clicked, bounced, complained } = engagement;
  const active = status === "planning" || status === "sending";
  const started = status !== "scheduled" && status !== "cancelled";
  const { refused, unsubscribed, ...others } = counts;
  // They had unsubscribed when the email was due, so it was not sent to them.
  const figures = { ...others, "unsubscribed before": unsubscribed, suppressed: refused - unsubscribed };
  return (
    <PageContent
      trail={[{ href: "/console/broadcasts", label: "Broadcasts" }]}
      title={title}
      beside={<StatusBadge status={status} />}
      className="max-w-3xl"
    >
      <LiveConsole poller={active ? <Refresher /> : null} topic="broadcasts" />
      {scheduledAt ? (
        <p className="text-muted">
          {status === "scheduled" ? "Starts at" : "Scheduled for"} {startText(scheduledAt)}
        </p>
      ) : null}
      {started ? (
        <>
          <Card className="grid gap-4">
            <Progress label="Sent" max={counts.recipients} value={counts.recipients - counts.pending} />
            <Figures figures={figures} />
          </Card>
          <Card title="Engagement">
            <Figures figures={{ delivered, opened, clicked, bounced, complained }} />
          </Card>
        </>
      ) : null}
      <Card title="Message">
        <p className="whitespace-pre-line">{message}</p>
      </Card>
      {status === "scheduled" ? (
        <DisclosedForm
          action={stop}
          hidden={{ id }}
          label="Cancel broadcast"
          question="Nobody gets this broadcast."
          submit="Yes, cancel it"
          tone="bad"
        />
      ) : null}
      {active ? (
        <DisclosedForm
          action={stop}
          hidden={{ id }}
          label="Stop sending"
          question="Pending emails will not be sent. You cannot resume the broadcast."
          submit="Yes, stop sending"
          tone="bad"
        />
      ) : null}
    </PageContent>
  );
});
