import { requireOperator } from "@/app/session";
import { ActionForm } from "@/app/ui/action-form";
import { BarsChart, type Point } from "@/app/ui/charts";
import { Disclosure } from "@/app/ui/disclosure";
import { SelectField } from "@/app/ui/field";
import { Badge, Card } from "@/app/ui/surface";
import { Table } from "@/app/ui/table";
import { EXPERIMENTS, type ExperimentView, viewExperiment } from "@/lib/experiments/experiments";
import { chooseWinner } from "../actions";

export const metadata = { title: "Experiments" };

type Variant = ExperimentView["variants"][number];

const METRICS = [
  { metric: "opened", title: "Opened" },
  { metric: "clicked", title: "Clicked" },
  { metric: "ordered", title: "Ordered" },
] as const;

export default async function ExperimentsPage() {
  await requireOperator();
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
        <Badge tone={status === "running" ? "warn" : "good"}>{winner ? `winner: ${winner}` : "running"}</Badge>
      </div>
      <Table
        caption={`The variants of ${id}, with 95 % intervals`}
        columns={(column) => [
          column("Variant", ({ key }) => key),
          column("Subject", ({ subject }) => subject),
          column("Sent to", ({ exposed }) => exposed),
          ...METRICS.map(({ metric, title }) => column(title, (variant) => <Rate figure={variant[metric]} />)),
        ]}
        keyOf={({ key }) => key}
        rows={variants}
      />
      {variants.some(({ exposed }) => exposed > 0) ? (
        <div className="grid gap-6 *:min-w-0 lg:grid-cols-3">
          {METRICS.map(({ metric, title }) => (
            <section key={metric}>
              <h3 className="mb-2">{title}</h3>
              <BarsChart points={variants.map((variant) => point(variant, metric))} title={title} unit="share" />
            </section>
          ))}
        </div>
      ) : (
        <p className="text-muted">No emails sent yet. The rates appear after the first email.</p>
      )}
      {status === "running" ? (
        <Disclosure
          label="End experiment"
          question="All recipients then get the winner's subject. You cannot restart the experiment."
          tone="bad"
        >
          <ActionForm action={chooseWinner} hidden={{ id }} kind="danger" submit="Yes, end experiment">
            <SelectField id={`winner-${id}`} label={`Winner of ${id}`} name="winner">
              {variants.map(({ key }) => (
                <option key={key}>{key}</option>
              ))}
            </SelectField>
          </ActionForm>
        </Disclosure>
      ) : null}
    </Card>
  );
}

function point(variant: Variant, metric: (typeof METRICS)[number]["metric"]): Point {
  const { rate } = variant[metric];
  if (!rate) return { label: variant.key, value: 0 };
  return { label: variant.key, value: rate.value, range: [rate.value - rate.low, rate.high - rate.value] };
}

const percent = (share: number) => `${(share * 100).toFixed(0)} %`;

function Rate({ figure: { count, rate } }: { figure: Variant["opened"] }) {
  if (!rate) return "—";
  return (
    <>
      {percent(rate.value)} <span className="text-muted">({count})</span>
      <span className="block whitespace-nowrap text-muted">
        {percent(rate.low)} to {percent(rate.high)}
      </span>
    </>
  );
}
