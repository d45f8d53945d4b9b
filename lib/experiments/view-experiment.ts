import { z } from "zod";
import { DAY } from "../clock";
import { db } from "../db";
import { notFound } from "../errors";
import { countSchema } from "../view-schemas";
import { type Experiment, findExperiment } from "./experiments";
import { difference, type Estimate, proportion } from "./statistics";

/** A confirmed order counts for an email if it was placed within this time after it. */
const CONVERSION_WINDOW_MS = 7 * DAY;

type Metric = "opened" | "clicked" | "ordered";

const estimateSchema = z
  .strictObject({ value: z.number(), low: z.number(), high: z.number() })
  .nullable()
  .describe("With its 95 % interval; null without recipients.") satisfies z.ZodType<Estimate | null>;

const figureSchema = z.strictObject({
  count: countSchema,
  rate: estimateSchema,
  against: estimateSchema.describe("The difference from the first variant, with its 95 % interval."),
});

export const experimentViewSchema = z.strictObject({
  ...{ id: z.string(), question: z.string(), emailKind: z.string() },
  status: z.enum(["running", "finished"]),
  winner: z.string().nullable(),
  variants: z.array(
    z.strictObject({
      ...{ key: z.string(), subject: z.string(), weight: z.number(), exposed: countSchema },
      ...{ opened: figureSchema, clicked: figureSchema, ordered: figureSchema },
    }),
  ),
});

export type ExperimentView = z.output<typeof experimentViewSchema>;

interface Counts extends Record<Metric, number> {
  variant: string;
  exposed: number;
}

/**
 * Returns an experiment with the figures of each variant. Some email programs load every image, so openings are less reliable
 * than clicks and orders.
 * @throws AppError `not_found` (404)
 */
export async function viewExperiment(id: string): Promise<ExperimentView> {
  const experiment = findExperiment(id);
  if (!experiment) throw notFound("experiment");
  const [ended, counts] = await Promise.all([winnerOf(id), countConversions(experiment)]);
  const figuresOf = (key: string) => counts.find(({ variant }) => variant === key) ?? { ...NOBODY, variant: key };
  const [control] = experiment.variants;
  const first = figuresOf(control.key);
  return {
    id,
    question: experiment.question,
    emailKind: experiment.emailKind,
    status: ended ? "finished" : "running",
    winner: ended,
    variants: experiment.variants.map(({ key, subject, weight }) => {
      const own = figuresOf(key);
      const figure = (metric: Metric) => compare(metric, own, key === control.key ? null : first);
      return {
        key,
        subject,
        weight,
        exposed: own.exposed,
        opened: figure("opened"),
        clicked: figure("clicked"),
        ordered: figure("ordered"),
      };
    }),
  };
}

const NOBODY = { exposed: 0, opened: 0, clicked: 0, ordered: 0 };

function compare(metric: Metric, own: Counts, control: Counts | null): z.output<typeof figureSchema> {
  const rate = proportion(own[metric], own.exposed);
  const base = control && proportion(control[metric], control.exposed);
  return { count: own[metric], rate, against: rate && base && difference(rate, base) };
}

/** Returns the variant that an experiment ended with, or null while it runs. */
export async function winnerOf(experimentId: string): Promise<string | null> {
  const end = await db().experimentEnd.findUnique({ where: { experimentId }, select: { winner: true } });
  return end?.winner ?? null;
}

/** A reader who clicked counts as opened, even if the pixel was not loaded. */
function countConversions({ id }: Experiment): Promise<Counts[]> {
  return db().$queryRaw<Counts[]>`
    SELECT e.variant, count(*)::int AS exposed,
      count(*) FILTER (WHERE did.opened OR did.clicked)::int AS opened, count(*) FILTER (WHERE did.clicked)::int AS clicked,
      count(*) FILTER (WHERE did.ordered)::int AS ordered
    FROM experiment_exposures e
    LEFT JOIN users u ON u.id = e.user_id
    CROSS JOIN LATERAL (SELECT
      e.opened_at IS NOT NULL OR EXISTS (SELECT 1 FROM email_events m WHERE m.email_id = e.email_id AND m.type = 'opened') AS opened,
      e.clicked_at IS NOT NULL OR EXISTS (SELECT 1 FROM email_events m WHERE m.email_id = e.email_id AND m.type = 'clicked') AS clicked,
      EXISTS (SELECT 1 FROM orders o JOIN order_events c ON c.order_id = o.id AND c.type = 'order_confirmed'
        WHERE (o.user_id = e.user_id OR o.email = u.email)
          AND o.created_at BETWEEN e.at AND e.at + ${CONVERSION_WINDOW_MS} * interval '1 millisecond') AS ordered) did
    WHERE e.experiment_id = ${id}
    GROUP BY e.variant`;
}
