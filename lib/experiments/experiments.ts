import { createHash } from "node:crypto";

/** One of the versions that an experiment compares. */
export interface Variant {
  key: string;
  /** Its share among the weights of all variants. */
  weight: number;
  /** The email's subject; `{name}` is replaced by the reader's name. */
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

/**
 * The experiments. A changed variant would make its figures wrong, so a new question is a new experiment. An operator decides
 * the winner, which is stored in the database.
 */
export const EXPERIMENTS: readonly Experiment[] = [
  {
    id: "welcome-subject",
    question: "Does a welcome that says what comes next get opened more often than one that says hello?",
    emailKind: "drip_welcome",
    variants: [
      { key: "hello", weight: 1, subject: "Welcome to Steadfast, {name}" },
      { key: "next-step", weight: 1, subject: "{name}, your account is ready: here is what to do first" },
    ],
  },
  {
    id: "check-in-subject",
    question: "Does a question get more answers than a statement?",
    emailKind: "drip_check_in",
    variants: [
      { key: "question", weight: 1, subject: "How is it going, {name}?" },
      { key: "statement", weight: 1, subject: "Your first week with Steadfast" },
    ],
  },
];

export const findExperiment = (id: string): Experiment | undefined => EXPERIMENTS.find((experiment) => experiment.id === id);

export const experimentOn = (emailKind: string): Experiment | undefined =>
  EXPERIMENTS.find((experiment) => experiment.emailKind === emailKind);

/**
 * Returns the variant of a user: always the same one, and independent of other experiments, because both ids go into the
 * hash. Over many users each variant gets its share of the weights.
 */
export function assignVariant(experimentId: string, userId: string, variants: readonly Variant[]): Variant {
  const point = uniform(`${experimentId}:${userId}`) * variants.reduce((sum, { weight }) => sum + weight, 0);
  let upTo = 0;
  for (const variant of variants) {
    upTo += variant.weight;
    if (point < upTo) return variant;
  }
  throw new Error(`Experiment ${experimentId} has no variant with a weight.`);
}

/** Returns a number from 0 up to 1, from 48 bits of SHA-256. */
function uniform(text: string): number {
  return createHash("sha256").update(text).digest().readUIntBE(0, 6) / 2 ** 48;
}
