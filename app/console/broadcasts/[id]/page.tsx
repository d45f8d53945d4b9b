import { stop } from "@/app/console/broadcasts/actions";
import { consolePage } from "@/app/console/console-page";
import { DisclosedForm } from "@/app/ui/disclosure";
import { Card, Figures, PageContent, Progress, StatusBadge } from "@/app/ui/display";
import { LiveConsole } from "@/app/ui/live-progress";
import { Refresher } from "@/app/ui/refresher";
import { viewBroadcast } from "@/lib/broadcasts/broadcasts";

export const metadata = { title: "Broadcast" };

export default consolePage<never, "id">(async ({ id }) => {
  const { title, message, status, counts, engagement } = await viewBroadcast(id);
  const { delivered, opened, clicked, bounced, complained } = engagement;
  const active = status === "planning" || status === "sending";
  return (
    <PageContent
      trail={[{ href: "/console/broadcasts", label: "Broadcasts" }]}
      title={title}
      beside={<StatusBadge status={status} />}
      className="max-w-3xl"
    >
      <LiveConsole poller={active ? <Refresher /> : null} topic="broadcasts" />
      <Card className="grid gap-4">
        <Progress label="Sent" max={counts.recipients} value={counts.recipients - counts.pending} />
        <Figures figures={counts} />
      </Card>
      <Card title="Engagement">
        <Figures figures={{ delivered, opened, clicked, bounced, complained }} />
      </Card>
      <Card title="Message">
        <p className="whitespace-pre-line">{message}</p>
      </Card>
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
