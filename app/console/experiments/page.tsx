import { DisclosedForm } from "@/app/ui/disclosed-form";
import { Badge, Card, PageContent } from "@/app/ui/display";
import { SelectField } from "@/app/ui/field";
import { IntervalChart } from "@/app/ui/interval-chart";
import { Table } from "@/app/ui/list";
import { EXPERIMENTS, type ExperimentView, viewExperiment } from "@/lib/experiments/experiments";
import { chooseWinner } from "../actions";
import { consolePage } from "../console-page";

export const metadata = { title: "Experiments" };

type Variant = ExperimentView["variants"][number];

const METRICS = { Opened: "opened", Clicked: "clicked", Ordered: "ordered" } as const;
type Metric = (typeof METRICS)[keyof typeof METRICS];

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
        <Badge tone={status === "running" ? "warn" : "good"}>
          {winner ? `Winner: ${nameOf(variants, winner)}` : "Running"}
        </Badge>
      </div>
      <Table
        caption={`The variants of the experiment: ${question}`}
        columns={(column) => [
          column("Variant", ({ name }) => name),
          column("Subject", ({ subject }) => subject),
          column("Sent to", ({ exposed }) => exposed.toLocaleString("en")),
          ...Object.entries(METRICS).map(([title, metric]) =>
            column(title, (variant) => variant[metric].count.toLocaleString("en")),
          ),
        ]}
        rows={variants}
      />
      {variants.some(({ exposed }) => exposed > 0) ? (
        <>
          <p className="text-muted text-sm">
            Shares of the recipients. A bar is the 95 % confidence interval: the true share lies within it in 19 of 20
            cases.
          </p>
          <div className="grid gap-6 *:min-w-0 lg:grid-cols-3">
            {Object.entries(METRICS).map(([title, metric]) => (
              <IntervalChart key={metric} rows={rowsOf(variants, metric)} title={title} />
            ))}
          </div>
        </>
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
          <SelectField id={`winner-${id}`} label="Winner" name="winner">
            {variants.map(({ key, name }) => (
              <option key={key} value={key}>
                {name}
              </option>
            ))}
          </SelectField>
        </DisclosedForm>
      ) : null}
    </Card>
  );
}

const nameOf = (variants: Variant[], key: string) => variants.find((variant) => variant.key === key)?.name ?? key;

function rowsOf(variants: Variant[], metric: Metric) {
  const [control] = variants;
  return variants.map(({ name, [metric]: { rate, against } }) => ({
    label: name,
    share: rate,
    note: against && control ? comparison(against, control.name) : undefined,
  }));
}

/** Returns whether a variant differs from the first one, as far as its 95 % interval tells. */
function comparison({ value, low, high }: NonNullable<Variant["opened"]["against"]>, control: string): string {
  const range = `${points(value)} points (${points(low)} to ${points(high)})`;
  if (low > 0) return `Better than “${control}”: ${range}.`;
  if (high < 0) return `Worse than “${control}”: ${range}.`;
  return `No clear difference from “${control}”: ${range}.`;
}

const points = (share: number) => `${share < 0 ? "−" : "+"}${Math.abs(share * 100).toFixed(1)}`;
