import type { Metadata } from "next";
import Link from "next/link";
import { requireOperator } from "@/app/session";
import { ActionForm } from "@/app/ui/action-form";
import { TextField } from "@/app/ui/field";
import { Badge, Card, Empty } from "@/app/ui/surface";
import { When } from "@/app/ui/when";
import { listEndpoints } from "@/lib/partners/endpoints";
import { PARTNER_EVENTS } from "@/lib/partners/events";
import { add, rotate, toggle } from "./actions";

export const metadata: Metadata = { title: "Partners" };

export default async function PartnersPage() {
  const operator = await requireOperator("/console/partners");
  const { items } = await listEndpoints(operator.id);
  return (
    <div className="grid max-w-3xl gap-6">
      <h1>Partners</h1>
      <Card>
        <h2 className="mb-4">Tell another system what happens here</h2>
        <ActionForm action={add} submit="Add it">
          <TextField hint="Signed requests go there; https only" label="Address" name="url" required type="url" />
          <fieldset className="grid gap-1">
            <legend className="mb-1 font-medium text-sm">What it is told</legend>
            {Object.keys(PARTNER_EVENTS).map((event) => (
              <label className="flex min-h-11 items-center gap-3" key={event}>
                <input className="size-5 accent-accent" defaultChecked name="events" type="checkbox" value={event} />
                {event}
              </label>
            ))}
          </fieldset>
        </ActionForm>
      </Card>
      {items.length === 0 ? <Empty title="Nobody is told anything yet." /> : null}
      {items.map((endpoint) => (
        <Card className="grid gap-3" key={endpoint.id}>
          <div className="flex flex-wrap items-center gap-3">
            <h2 className="break-all">
              <Link className="text-accent underline" href={`/console/partners/${endpoint.id}`}>
                {endpoint.url}
              </Link>
            </h2>
            <Badge tone={endpoint.enabled ? (endpoint.failures > 0 ? "warn" : "good") : "bad"}>
              {endpoint.enabled ? "on" : "off"}
            </Badge>
          </div>
          <p className="text-muted text-sm">{endpoint.events.join(", ")}</p>
          {endpoint.failures > 0 ? (
            <p className="text-sm text-warn">
              {endpoint.failures} calls in a row failed. Left alone until <When at={endpoint.openUntil} />
            </p>
          ) : null}
          <ActionForm action={toggle} kind="quiet" submit={endpoint.enabled ? "Switch it off" : "Switch it on"}>
            <input name="id" type="hidden" value={endpoint.id} />
            <input name="enabled" type="hidden" value={String(!endpoint.enabled)} />
          </ActionForm>
          <ActionForm action={rotate} kind="quiet" submit="Give it a new secret">
            <input name="id" type="hidden" value={endpoint.id} />
          </ActionForm>
        </Card>
      ))}
    </div>
  );
}
