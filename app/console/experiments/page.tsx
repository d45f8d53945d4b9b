import type { Metadata } from "next";
import { requireOperator } from "@/app/session";
import { ActionForm, Ask } from "@/app/ui/action-form";
import { BarsChart } from "@/app/ui/charts";
import { SelectField } from "@/app/ui/field";
import { Badge, Card } from "@/app/ui/surface";
import { Table } from "@/app/ui/table";
import { EXPERIMENTS } from "@/lib/experiments/experiments";
import { type ExperimentView, viewExperiment } from "@/lib/experiments/view-experiment";
import { end } from "./actions";

export const metadata: Metadata = { title: "Experiments" };

export default async function ExperimentsPage() {
  await requireOperator("/console/experiments");
  const experiments = await Promise.all(EXPERIMENTS.map(({ id }) => viewExperiment(id)));
  return (
    <div className="grid gap-6">
      <h1>Experiments</h1>
      {experiments.map((experiment) => (
        <Experiment experiment={experiment} key={experiment.id} />
      ))}
    </div>
  );
}

function Experiment({ experiment }: { experiment: ExperimentView }) {
  const { id, question, status, winner, variants } = experiment;
  return (
    <Card className="grid gap-5">
      <div className="flex flex-wrap items-center gap-3">
        <h2>{question}</h2>
        <Badge tone={status === "running" ? "warn" : "good"}>{winner ? `won by ${winner}` : "running"}</Badge>
      </div>
      <Table
        caption={`The variants of ${id}, with 95 % intervals`}
        columns={[
          { head: "Variant", cell: ({ key }) => key, className: "font-medium" },
          { head: "Subject", cell: ({ subject }) => subject },
          { head: "Sent to", cell: ({ exposed }) => exposed, className: "tabular-nums" },
          { head: "Opened", cell: ({ opened }) => rate(opened), className: "whitespace-nowrap tabular-nums" },
          { head: "Clicked", cell: ({ clicked }) => rate(clicked), className: "whitespace-nowrap tabular-nums" },
          { head: "Ordered", cell: ({ ordered }) => rate(ordered), className: "whitespace-nowrap tabular-nums" },
        ]}
        keyOf={({ key }) => key}
        rows={variants}
      />
      {variants.some((variant) => variant.opened.rate) ? (
        <BarsChart
          points={variants.map(({ key, opened: { rate } }) => ({
            label: key,
            value: rate?.value ?? 0,
            ...(rate && { range: [rate.value - rate.low, rate.high - rate.value] as [number, number] }),
          }))}
          title="Opened"
          unit="share"
        />
      ) : (
        <p className="text-muted">Nobody has got the mail yet.</p>
      )}
      {status === "running" ? (
        <Ask label="End it" question="From then on everybody gets the winner's subject. It cannot be taken up again.">
          <ActionForm action={end} kind="danger" submit="End the experiment">
            <input name="id" type="hidden" value={id} />
            <SelectField id={`winner-${id}`} label={`Winner of ${id}`} name="winner">
              {variants.map(({ key }) => (
                <option key={key}>{key}</option>
              ))}
            </SelectField>
          </ActionForm>
        </Ask>
      ) : null}
    </Card>
  );
}

type Figure = ExperimentView["variants"][number]["opened"];

function rate({ count, rate }: Figure): string {
  if (!rate) return "—";
  const percent = (share: number) => `${(share * 100).toFixed(0)} %`;
  return `${count} · ${percent(rate.value)} (${percent(rate.low)} to ${percent(rate.high)})`;
}
