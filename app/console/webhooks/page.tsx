import { requireOperator } from "@/app/session";
import { ActionForm } from "@/app/ui/action-form";
import { Disclosure } from "@/app/ui/disclosure";
import { TextField } from "@/app/ui/field";
import { TextLink } from "@/app/ui/link";
import { Badge, Card, Empty } from "@/app/ui/surface";
import { Timestamp } from "@/app/ui/timestamp";
import { listEndpoints } from "@/lib/webhooks-out/endpoints";
import { WEBHOOK_EVENT_TYPES } from "@/lib/webhooks-out/plan-deliveries";
import { add, remove, rotate, toggle } from "./actions";

export const metadata = { title: "Webhooks" };

export default async function WebhooksPage() {
  const operator = await requireOperator();
  const { items } = await listEndpoints(operator.id);
  return (
    <div className="grid max-w-3xl gap-6">
      <h1>Webhooks</h1>
      <Card>
        <h2 className="mb-4">Add an endpoint</h2>
        <ActionForm action={add} submit="Add endpoint">
          <TextField hint="Receives signed requests. HTTPS only." label="Endpoint URL" name="url" required type="url" />
          <fieldset className="grid gap-1">
            <legend className="mb-1 font-medium text-sm">Events</legend>
            {Object.keys(WEBHOOK_EVENT_TYPES).map((event) => (
              <label className="flex min-h-11 items-center gap-3" key={event}>
                <input className="size-5 accent-accent" defaultChecked name="events" type="checkbox" value={event} />
                {event}
              </label>
            ))}
          </fieldset>
        </ActionForm>
      </Card>
      {items.length === 0 ? <Empty title="No endpoints yet">Add an endpoint above to receive events.</Empty> : null}
      {items.map((endpoint) => (
        <Card className="grid gap-3" key={endpoint.id}>
          <div className="flex flex-wrap items-center gap-3">
            <h2 className="break-all">
              <TextLink href={`/console/webhooks/${endpoint.id}`}>{endpoint.url}</TextLink>
            </h2>
            <Badge tone={endpoint.enabled ? (endpoint.failures > 0 ? "warn" : "good") : "bad"}>
              {endpoint.enabled ? "enabled" : "disabled"}
            </Badge>
          </div>
          <p className="text-muted text-sm">{endpoint.events.join(", ")}</p>
          {endpoint.failures > 0 ? (
            <p className="text-sm text-warn">
              {endpoint.failures} deliveries failed in a row. Paused until <Timestamp at={endpoint.openUntil} />
            </p>
          ) : null}
          <ActionForm
            action={toggle}
            hidden={{ id: endpoint.id, enabled: String(!endpoint.enabled) }}
            kind="quiet"
            submit={endpoint.enabled ? "Disable" : "Enable"}
          />
          <div className="grid items-start gap-3 sm:grid-cols-2">
            <Disclosure label="Roll secret" question="Requests are signed with both secrets for 24 hours.">
              <ActionForm action={rotate} hidden={{ id: endpoint.id }} kind="quiet" submit="Yes, roll secret" />
            </Disclosure>
            <Disclosure label="Delete endpoint" question="This also deletes its deliveries and their log." tone="bad">
              <ActionForm action={remove} hidden={{ id: endpoint.id }} kind="danger" submit="Yes, delete endpoint" />
            </Disclosure>
          </div>
        </Card>
      ))}
    </div>
  );
}
