import { BarsChart } from "@/app/ui/charts";
import { DisclosedForm } from "@/app/ui/disclosure";
import { Badge, Card, PageContent } from "@/app/ui/display";
import { SelectField } from "@/app/ui/field";
import { Table } from "@/app/ui/list";
import { EXPERIMENTS, type ExperimentView, viewExperiment } from "@/lib/experiments/experiments";
import { chooseWinner } from "../actions";
import { consolePage } from "../console-page";

export const metadata = { title: "Experiments" };

type Variant = ExperimentView["variants"][number];

const METRICS = { Opened: "opened", Clicked: "clicked", Ordered: "ordered" } as const;

export default consolePage(async () => {
  const experiments = await Promise.all(EXPERIMENTS.map(({ id }) => viewExperiment(id)));
  return (
    <PageContent title="Experiments">
      {experiments.map((experiment) => (
        <Experiment key={experiment.id} {...experiment} />
      ))}
    </PageContent>
  );
});

function Experiment({ id, question, status, winner, variants }: ExperimentView) {
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
          ...Object.entries(METRICS).map(([title, metric]) =>
            column(title, (variant) => <Rate {...variant[metric]} />),
          ),
        ]}
        rows={variants}
      />
      {variants.some(({ exposed }) => exposed > 0) ? (
        <div className="grid gap-6 *:min-w-0 lg:grid-cols-3">
          {Object.entries(METRICS).map(([title, metric]) => (
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
        <DisclosedForm
          action={chooseWinner}
          hidden={{ id }}
          label="End experiment"
          question="All recipients then get the winner's subject. You cannot restart the experiment."
          submit="Yes, end experiment"
          tone="bad"
        >
          <SelectField id={`winner-${id}`} label={`Winner of ${id}`} name="winner">
            {variants.map(({ key }) => (
              <option key={key}>{key}</option>
            ))}
          </SelectField>
        </DisclosedForm>
      ) : null}
    </Card>
  );
}

function point({ key, ...variant }: Variant, metric: (typeof METRICS)[keyof typeof METRICS]) {
  const { rate } = variant[metric];
  if (!rate) return { label: key, value: 0 };
  const range: [number, number] = [rate.value - rate.low, rate.high - rate.value];
  return { label: key, value: rate.value, range };
}

const percent = (share: number) => `${(share * 100).toFixed(0)} %`;

function Rate({ count, rate }: Variant["opened"]) {
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
