import { ActionForm } from "@/app/ui/action-form";
import { Breakable } from "@/app/ui/breakable";
import { Copyable } from "@/app/ui/copyable";
import { DisclosedForm } from "@/app/ui/disclosed-form";
import { Badge, Card, Empty, PageContent } from "@/app/ui/display";
import { Checkbox, TextField } from "@/app/ui/field";
import { TextLink } from "@/app/ui/link";
import { Timestamp } from "@/app/ui/timestamp";
import { type Endpoint, listEndpoints } from "@/lib/webhooks-out/endpoints";
import { SUBSCRIBED_TYPES } from "@/lib/webhooks-out/events";
import { consolePage } from "../console-page";
import { add, remove, rotate, toggle } from "./actions";

export const metadata = { title: "Webhooks" };

export default consolePage(async (_parameters, operator) => {
  const { items } = await listEndpoints(operator.id);
  return (
    <PageContent title="Webhooks" className="max-w-3xl">
      <Card title="Add an endpoint">
        <ActionForm action={add} submit="Add endpoint">
          <TextField hint="Receives signed requests. HTTPS only." label="Endpoint URL" name="url" required type="url" />
          <fieldset className="grid gap-1">
            <legend className="mb-1 font-medium text-sm">Events</legend>
            {SUBSCRIBED_TYPES.map((event) => (
              <Checkbox defaultChecked key={event} label={event} name={event} />
            ))}
          </fieldset>
        </ActionForm>
      </Card>
      {items.length === 0 ? <Empty title="No endpoints yet">Add an endpoint above to receive events.</Empty> : null}
      {items.map((endpoint) => (
        <EndpointCard key={endpoint.id} {...endpoint} />
      ))}
    </PageContent>
  );
});

function EndpointCard({ id, url, events, enabled, failures, openUntil }: Endpoint) {
  return (
    <Card className="grid gap-3">
      <div className="flex flex-wrap items-center gap-3">
        <h2 className="min-w-0 wrap-anywhere">
          <Copyable label="endpoint id" text={id}>
            <TextLink href={`/console/webhooks/${id}`}>
              <Breakable text={url} />
            </TextLink>
          </Copyable>
        </h2>
        <Badge tone={enabled ? (failures > 0 ? "warn" : "good") : "bad"}>{enabled ? "Enabled" : "Disabled"}</Badge>
      </div>
      <p className="text-muted text-sm">{events.join(", ")}</p>
      {failures > 0 ? (
        <p className="text-sm text-warn">
          {failures} deliveries failed in a row. Paused until <Timestamp at={openUntil} />
        </p>
      ) : null}
      <ActionForm
        action={toggle}
        hidden={{ id, enabled: String(!enabled) }}
        kind="quiet"
        submit={enabled ? "Disable" : "Enable"}
      />
      <div className="grid items-start gap-3 sm:grid-cols-2">
        <DisclosedForm
          action={rotate}
          hidden={{ id }}
          label="Roll secret"
          question="Requests are signed with both secrets for 24 hours."
          submit="Yes, roll secret"
        />
        <DisclosedForm
          action={remove}
          hidden={{ id }}
          label="Delete endpoint"
          question="This also deletes its deliveries and their log."
          submit="Yes, delete endpoint"
          tone="bad"
        />
      </div>
    </Card>
  );
}
