import { z } from "zod";
import { now } from "../clock";
import { db } from "../db";
import { conflict, invalid, notFound } from "../errors";
import { findExperiment } from "./experiments";
import { winnerOf } from "./view-experiment";

/** The body of `POST /api/admin/experiments/{id}/end`. */
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
