import { createHash } from "node:crypto";
import { z } from "zod";
import { DAY, now } from "../clock";
import { db } from "../db";
import { storeEnv } from "../env";
import { conflict, invalid, notFound } from "../errors";
import { countSchema } from "../view-schemas";
import { difference, type Estimate, proportion } from "./statistics";

/** One of the versions that an experiment compares. */
export interface Variant {
  key: string;
  /** For the console. */
  name: string;
  /** Its share among the weights of all variants. */
  weight: number;
  /** The email's subject; `{name}` is replaced by the reader's name, `{store}` by the shop's. */
  subject: string;
}

export interface Experiment {
  id: string;
  /** For the console. */
  question: string;
  /** The kind of email whose subject it varies. */
  emailKind: string;
  /** The first one is the control. */
  variants: [Variant, Variant, ...Variant[]];
}

/** The experiments. A changed variant would make its figures wrong, so a new question is a new experiment. */
export const EXPERIMENTS: readonly Experiment[] = [
  {
    id: "welcome-subject",
    question: "Does a welcome that says what comes next get opened more often than one that says hello?",
    emailKind: "drip_welcome",
    variants: [
      { key: "hello", name: "Says hello", weight: 1, subject: "Welcome to {store}, {name}" },
      {
        ...{ key: "next-step", name: "Says what comes next", weight: 1 },
        subject: "{name}, your account is ready: here is what to do first",
      },
    ],
  },
  {
    id: "check-in-subject",
    question: "Does a question get more answers than a statement?",
    emailKind: "drip_check_in",
    variants: [
      { key: "question", name: "Asks a question", weight: 1, subject: "How is it going, {name}?" },
      { key: "statement", name: "Makes a statement", weight: 1, subject: "Your first week with {store}" },
    ],
  },
];

const findExperiment = (id: string): Experiment | undefined => EXPERIMENTS.find((experiment) => experiment.id === id);

/**
 * Returns the variant of a user: always the same one, and independent of other experiments, because both ids go into the
 * hash. Over many users each variant gets its share of the weights.
 */
export function assignVariant(experimentId: string, userId: string, variants: readonly Variant[]): Variant {
  // A number from 0 up to 1, from 48 bits of SHA-256.
  const uniform = createHash("sha256").update(`${experimentId}:${userId}`).digest().readUIntBE(0, 6) / 2 ** 48;
  const point = uniform * variants.reduce((sum, { weight }) => sum + weight, 0);
  let upTo = 0;
  for (const variant of variants) {
    upTo += variant.weight;
    if (point < upTo) return variant;
  }
  throw new Error(`Experiment ${experimentId} has no variant with a weight.`);
}

/** The subject of a user's email and, while an experiment runs, the exposure to record once the email is sent. */
export interface ChosenSubject {
  subject: string;
  exposure?: { experimentId: string; userId: string; variant: string };
}

/** Returns a subject with the reader's name and the shop's. */
export const fillSubject = (subject: string, name: string): string =>
  subject.replace(/\{(name|store)\}/g, (_, placeholder) => (placeholder === "name" ? name : storeEnv().STORE_NAME));

/** Chooses the subject of an email: the winner of an ended experiment, or the assigned variant of a running one. */
export async function chooseSubject(
  emailKind: string,
  user: { id: string; name: string },
  defaultSubject: string,
): Promise<ChosenSubject> {
  const named = (subject: string) => fillSubject(subject, user.name);
  const experiment = EXPERIMENTS.find((experiment) => experiment.emailKind === emailKind);
  if (!experiment) return { subject: named(defaultSubject) };
  const winner = await winnerOf(experiment.id);
  const won = experiment.variants.find(({ key }) => key === winner);
  if (won) return { subject: named(won.subject) };
  const { key, subject } = assignVariant(experiment.id, user.id, experiment.variants);
  return { subject: named(subject), exposure: { experimentId: experiment.id, userId: user.id, variant: key } };
}

/** Records, once, that the user was sent the variant. Only an email that went out counts. */
export async function recordExposure(exposure: ChosenSubject["exposure"], emailId: string): Promise<void> {
  if (!exposure) return;
  const email = await db().email.findUnique({ where: { id: emailId, status: "sent" }, select: { sentAt: true } });
  if (!email) return;
  const data = { ...exposure, emailId, at: email.sentAt ?? now() };
  await db().experimentExposure.createMany({ data, skipDuplicates: true });
}

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
      ...{ key: z.string(), name: z.string(), subject: z.string(), weight: z.number(), exposed: countSchema },
      ...{ opened: figureSchema, clicked: figureSchema, ordered: figureSchema },
    }),
  ),
});

export type ExperimentView = z.output<typeof experimentViewSchema>;

type Counts = { variant: string } & Record<Metric | "exposed", number>;

/**
 * Returns an experiment with the figures of each variant. Some email programs load every image, so openings are less reliable
 * than clicks and orders.
 * @throws AppError `not_found` (404)
 */
export async function viewExperiment(id: string): Promise<ExperimentView> {
  const experiment = findExperiment(id);
  if (!experiment) throw notFound("experiment");
  const [winner, counts] = await Promise.all([winnerOf(id), countConversions(experiment)]);
  const figuresOf = (key: string) => counts.find(({ variant }) => variant === key) ?? { ...NOBODY, variant: key };
  const { question, emailKind, variants } = experiment;
  const [control] = variants;
  const first = figuresOf(control.key);
  return {
    ...{ id, question, emailKind, winner },
    status: winner === null ? "running" : "finished",
    variants: variants.map((variant) => {
      const own = figuresOf(variant.key);
      const figure = (metric: Metric) => compare(metric, own, variant === control ? null : first);
      const figures = { opened: figure("opened"), clicked: figure("clicked"), ordered: figure("ordered") };
      return { ...variant, exposed: own.exposed, ...figures };
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
async function winnerOf(experimentId: string): Promise<string | null> {
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

export const endExperimentSchema = z.strictObject({ winner: z.string().min(1) });

/**
 * Ends an experiment with a winner. All recipients get the winner from then on. Repeating it with the same winner changes nothing.
 * @throws AppError `not_found` (404), `validation_failed` (422) for a variant it does not have, `experiment_ended` (409)
 */
export async function endExperiment(id: string, winner: string, decidedBy: string): Promise<void> {
  const experiment = findExperiment(id);
  if (!experiment) throw notFound("experiment");
  if (!experiment.variants.some(({ key }) => key === winner))
    throw invalid("There is no such variant.", [
      { path: "winner", message: `must be one of ${experiment.variants.map(({ key }) => key).join(", ")}` },
    ]);
  const data = { experimentId: id, winner, decidedBy, at: now() };
  await db().experimentEnd.createMany({ data, skipDuplicates: true });
  const decided = await winnerOf(id);
  if (decided !== winner)
    throw conflict("experiment_ended", `The experiment has ended with ${decided}.`, [
      { path: "winner", message: `is ${decided} already` },
    ]);
}
